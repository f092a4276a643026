import { describe, expect, test } from 'vitest';
import { heapGrowth } from '../bench/heap-growth.ts';
import { loops } from '../bench/remapping-loops.ts';

/** Bytes that a million translations may leave: far less than one object for each, more than the measurement itself. */
const allowed = 64 * 1024;

/** The least of a few: what the compiler leaves while it warms up comes once, what a translation leaves comes every time. */
function perMillion(work: () => unknown, perCall: number): number {
  const calls = 1_000_000 / perCall;
  return Math.min(...Array.from({ length: 4 }, () => heapGrowth(work, calls)));
}

describe('a million translations', () => {
  test.each(Object.entries(loops))('%s leaves nothing on the heap', (_, make) => {
    const { engine, perCall } = make();
    expect(perMillion(engine, perCall)).toBeLessThan(allowed);
  });

  test('the measurement sees a hot path that makes one small object in a hundred translations', () => {
    const { engine, perCall } = loops['remapping.hit']();
    const kept: object[] = [];
    const leaking = (): void => {
      kept.length = 0;
      for (let made = 0; made < perCall / 100; made++) kept.push({ made });
      engine();
    };
    expect(perMillion(leaking, perCall)).toBeGreaterThan(allowed);
  });
});
