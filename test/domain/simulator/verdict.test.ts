import { describe, expect, test } from 'vitest';
import { verdictAt } from '../../../renderer/simulator/verdict.ts';
import { catalogue, isScenario } from '../../../renderer/simulator/scenario-choice.ts';
import { scenarioCodes } from '../../../main/remapping/scenario-shape.ts';
import type { ScenarioVerdict } from '../../../main/remapping/scenario-shape.ts';
import { story } from './story.ts';

const verdict: ScenarioVerdict = { answer: 'stops', risk: [], facts: [] };

describe('would this machine stop it', () => {
  test('is answered at the request that the scenario is about, and at no other', () => {
    const told = story.transactions.map((transaction) => verdictAt({ trace: story, verdict }, transaction));
    expect(told).toEqual([null, null, { scenario: 'first-story', verdict }, null]);
  });

  test('nothing is said of what was caught from live traffic', () => {
    const [first] = story.transactions;
    if (!first) throw new Error('no transaction');
    const caught = { ...story, scenario: 'traffic' as const };
    expect(verdictAt({ trace: caught, verdict }, { ...first, decisive: true })).toBeNull();
  });
});

test('every scenario of the catalogue can be chosen, and nothing that a link makes up', () => {
  expect(catalogue).toEqual(scenarioCodes);
  for (const code of scenarioCodes) expect(isScenario(code)).toBe(true);
  for (const text of ['traffic', '', '__proto__', undefined]) expect(isScenario(text)).toBe(false);
});
