import { describe, expect, test } from 'vitest';
import { memoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import { global, register } from '../../main/remapping/vtd/registers.ts';
import { Bench, descriptor, requester } from './kit/bench.ts';

/** Makes the n-th access (from 0) fail, and counts them. */
function failNth(bench: Bench, n: number): { count: () => number } {
  let seen = 0;
  bench.unit.memory.inject = () => (seen++ === n ? memoryStatus.denied : memoryStatus.ok);
  return { count: () => seen };
}

function mapped(): Bench {
  const bench = new Bench().start();
  bench.map(0x30000n, 0x5000n);
  return bench;
}

describe('every structure read can fail', () => {
  // Root 2 quads, context 2 quads, four levels.
  const expected = [0x08, 0x08, 0x09, 0x09, 0x03, 0x07, 0x07, 0x07];

  test('a walk makes exactly the reads that the loop below fails', () => {
    const bench = mapped();
    const reads = failNth(bench, -1);
    bench.dma(0x30000n);
    expect(reads.count()).toBe(expected.length);
  });

  expected.forEach((reason, n) =>
    test(`DMA: read ${n} fails → ${reason.toString(16)}h, and the next request is as if nothing had been`, () => {
      const bench = mapped();
      failNth(bench, n);
      expect(bench.dma(0x30000n)).toBe(reason);
      expect(bench.record()).toMatchObject({ reason, source: requester, set: true });
      bench.unit.memory.inject = null;
      expect(bench.translated(0x30000n)).toBe(0x5000n);
      expect(bench.translated(0x30000n)).toBe(0x5000n);
    }),
  );

  for (const n of [0, 1])
    test(`interrupt: read ${n} of the entry fails → 23h, and nothing is kept`, () => {
      const bench = new Bench();
      bench.set64(register.IRTA, 0x3003n);
      bench.command(global.interruptTable);
      bench.command(global.interrupts);
      bench.write(0x3020n, 1n | (0x31n << 16n) | (1n << 40n), 0n);
      failNth(bench, n);
      expect(bench.unit.interrupt(requester, 0, 0xfee00050 | 0, 0)).toBe(0x23);
      bench.unit.memory.inject = null;
      expect(bench.unit.interrupt(requester, 0, 0xfee00050 | 0, 0)).toBe(0);
    });

  for (const n of [0, 1, 2])
    test(`queue: access ${n} fails → the queue stops there and resumes`, () => {
      const bench = new Bench();
      bench.startQueue();
      bench.write(bench.queueBase, ...descriptor.wait(0x7000n, 5));
      failNth(bench, n);
      bench.set32(register.IQT, 16);
      expect(bench.get32(register.FSTS) & 0x10).toBe(0x10);
      expect(bench.get64(register.IQH)).toBe(0n);
      bench.unit.memory.inject = null;
      bench.set32(register.FSTS, 0x10);
      expect(bench.read(0x7000n)).toBe(5n);
      expect(bench.get64(register.IQH)).toBe(16n);
    });
});
