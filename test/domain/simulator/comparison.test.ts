import { describe, expect, test } from 'vitest';
import { variants } from '../../../main/remapping/scenario-shape.ts';
import { scenarioOf } from '../../../main/remapping/scenarios/catalogue.ts';
import { recordScenario } from '../../../main/remapping/scenarios/run-scenario.ts';
import { firstDifference } from '../../../main/remapping/trace-compare.ts';
import { stepsOf } from '../../../main/remapping/trace.ts';
import { compareTransactions } from '../../../renderer/simulator/comparison.ts';
import { story } from './story.ts';

describe('two sides of a scenario', () => {
  test.each(scenarioOf('first-story').against)(
    'against %s: every step of both sides stands in a row, in order',
    (variant) => {
      const left = recordScenario('first-story', story.path);
      const right = recordScenario('first-story', story.path, 'vtd', variants[variant]);
      const compared = compareTransactions(left, right);
      expect(compared).toHaveLength(left.transactions.length);
      for (const { rows, parts, left: ours, right: theirs } of compared) {
        expect(rows.flatMap((row) => row.left ?? [])).toEqual(stepsOf(left, ours));
        expect(rows.flatMap((row) => row.right ?? [])).toEqual(stepsOf(right, theirs));
        // Once they have parted nothing is called the same any more.
        expect(rows.map(({ same }) => same)).toEqual(rows.map((_, at) => parts === null || at < parts));
      }
      const difference = firstDifference(left, right);
      const first = compared.findIndex(({ parts }) => parts !== null);
      expect(first).toBe(difference?.transaction ?? -1);
      const at = compared[first]?.parts;
      if (at != null) expect((compared[first]?.left.firstStep ?? 0) + at).toBe(difference?.left);
    },
  );
});
