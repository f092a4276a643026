import { expect, test } from 'vitest';
import { memoryStatus } from '../../../main/remapping/memory/physical-memory.ts';
import type { PhysicalMemory } from '../../../main/remapping/memory/physical-memory.ts';

/** One thing that a unit does, as often as it is asked. */
export interface Work {
  readonly memory: PhysicalMemory;
  /** Does it, and answers the reason why not; 0 where it is done. */
  readonly act: () => number;
  /** What software does after a failure, where the unit has stopped. */
  readonly recover?: () => void;
  /** What is true once it is done. */
  readonly done: () => void;
}

export interface Kind {
  readonly name: string;
  readonly make: () => Work;
  /** reason for each access, in order, run-length: [times, reason] */
  readonly reasons: readonly (readonly [number, number])[];
}

/** Refuses the n-th access from now on (-1: none), and counts them. */
export function refusing(memory: PhysicalMemory, n: number): () => number {
  let seen = 0;
  memory.inject = () => (seen++ === n ? memoryStatus.denied : memoryStatus.ok);
  return () => seen;
}

/** A test for each kind: every one of its accesses fails once. */
export function refuseEachAccess(kinds: readonly Kind[]): void {
  for (const { name, make, reasons } of kinds)
    test(`${name}: the reason is told, nothing half done is kept, and the next time it is done`, () => {
      const expected = reasons.flatMap(([times, reason]) => Array.from({ length: times }, () => reason));
      const whole = make();
      const seen = refusing(whole.memory, -1);
      expect(whole.act()).toBe(0);
      expect(seen()).toBe(expected.length);
      whole.done();
      for (const [n, reason] of expected.entries()) {
        const work = make();
        refusing(work.memory, n);
        expect([n, work.act()]).toEqual([n, reason]);
        work.memory.inject = null;
        work.recover?.();
        expect([n, work.act()]).toEqual([n, 0]);
        work.done();
      }
    });
}
