import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lastBehaviour, notBuilt, testedElsewhere } from './behaviours.ts';

const here = import.meta.dirname;
const tested = new Set(
  readdirSync(here)
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => [...readFileSync(join(here, name), 'utf8').matchAll(/\btest\(\s*['`](\d+)(?:, (\d+))? · /g)])
    .flatMap(([, first, second]) => (second === undefined ? [Number(first)] : [Number(first), Number(second)])),
);

describe('the conformance list', () => {
  test('every behaviour has a test, or a reason why not', () => {
    const open = Array.from({ length: lastBehaviour }, (_, index) => index + 1).filter(
      (number) => !tested.has(number) && !notBuilt.has(number) && !testedElsewhere.includes(number),
    );
    expect(open).toEqual([]);
  });

  test('what has a test is no longer listed as not built', () => {
    expect([...notBuilt.keys()].filter((number) => tested.has(number))).toEqual([]);
    expect([...tested].filter((number) => number < 1 || number > lastBehaviour)).toEqual([]);
  });
});
