import { describe, expect, test } from 'vitest';
import { memoryStatus, PhysicalMemory } from '../../main/remapping/memory/physical-memory.ts';
import { global, register } from '../../main/remapping/vtd/registers.ts';
import { VtdUnit } from '../../main/remapping/vtd/unit.ts';
import { Bench, qemuCap, requester } from './kit/bench.ts';
import { pgtt, ScalableBench } from './kit/scalable-bench.ts';

/** Makes the n-th write (from 0) fail. */
function failWrite(bench: Bench, n: number): void {
  let seen = 0;
  bench.unit.memory.inject = (_hi, _lo, write) => (write && seen++ === n ? memoryStatus.denied : memoryStatus.ok);
}

describe('a write that the unit makes and memory refuses', () => {
  // Each level is marked in turn, so each attempt comes one level further than the one before.
  for (const n of [0, 1, 2, 3])
    test(`the mark of second-stage level ${4 - n}: 78h, and the next request is as if nothing had been`, () => {
      const bench = new ScalableBench().begin({ stage: pgtt.second, entry: [1n << 9n, 0n, 0n] });
      bench.mapSecond(0x30000n, 0x5000n);
      failWrite(bench, n);
      expect(bench.ask(0x30000n, { kind: 'write' })).toBe(0x78);
      bench.unit.memory.inject = null;
      expect(bench.reached(0x30000n, { kind: 'write' })).toBe(0x5000n);
    });

  for (const n of [0, 1])
    test(`write ${n} of a posted descriptor: 27h, and nobody is told`, () => {
      const bench = new Bench({ cap: qemuCap | (1n << 59n) });
      bench.set64(register.IRTA, 0x3003n);
      bench.command(global.interruptTable);
      bench.command(global.interrupts);
      bench.write(0x3020n, 1n | (1n << 15n) | (0x31n << 16n) | ((0x6000n >> 6n) << 38n), 0n);
      bench.write(0x6020n, 0xf2n << 16n);
      failWrite(bench, n);
      expect(bench.unit.interrupt(requester, 0, 0xfee00050 | 0, 0)).toBe(0x27);
      expect(bench.unit.interrupts.delivered).toBe(null);
      bench.unit.memory.inject = null;
      expect(bench.unit.interrupt(requester, 0, 0xfee00050 | 0, 0)).toBe(0);
    });

  test('a posted descriptor of which the control word cannot be read: 27h, and nothing was set', () => {
    const bench = new Bench({ cap: qemuCap | (1n << 59n) });
    bench.set64(register.IRTA, 0x3003n);
    bench.command(global.interruptTable);
    bench.command(global.interrupts);
    bench.write(0x3020n, 1n | (1n << 15n) | (0x31n << 16n) | ((0x6000n >> 6n) << 38n), 0n);
    bench.unit.memory.inject = (_hi, lo) => (lo === 0x6020 ? memoryStatus.denied : memoryStatus.ok);
    expect(bench.unit.interrupt(requester, 0, 0xfee00050 | 0, 0)).toBe(0x27);
    bench.unit.memory.inject = null;
    expect(bench.read(0x6000n)).toBe(0n);
  });

  test('a unit’s own event message to memory: written where it points, lost where nothing answers', () => {
    const bench = new Bench();
    const unit = new VtdUnit(bench.unit.capabilities, bench.unit.memory);
    unit.writeRegister(register.FEDATA, 0x51);
    unit.writeRegister(register.FEADDR, 0x7000);
    expect([unit.faultEvent.raise(), unit.readRegister(register.FECTL) >>> 30]).toEqual([false, 3]);
    unit.writeRegister(register.FECTL, 0);
    expect([bench.read(0x7000n), unit.faultEvent.sent]).toEqual([0x51n, 1]);
    unit.writeRegister(register.FEADDR, 0x7ffffff0);
    unit.faultEvent.raise();
    expect([unit.faultEvent.sent, unit.faultEvent.lost]).toEqual([1, 1]);
  });
});

describe('memory', () => {
  test('above and below 4 GiB, to its last quad and not beyond', () => {
    const memory = new PhysicalMemory(2 ** 33 + 8);
    for (const [hi, lo] of [
      [0, 0x1000],
      [0, -0x1000],
      [1, 0],
      [1, -8],
      [2, 0],
    ] as const) {
      const untouched = memory.find(hi, lo);
      expect([memory.arena[untouched + 1], memory.arena[untouched]]).toEqual([0, 0]);
      expect(memory.writeQuad(hi, lo, hi + 7, lo)).toBe(memoryStatus.ok);
      expect(memory.readQuad(hi, lo)).toBe(memoryStatus.ok);
      expect([memory.outHi, memory.outLo]).toEqual([hi + 7, lo]);
      const at = memory.find(hi, lo);
      expect([memory.arena[at + 1], memory.arena[at]]).toEqual([hi + 7, lo]);
    }
    expect([memory.readQuad(2, 8), memory.find(2, 8), memory.find(-1, 0)]).toEqual([memoryStatus.absent, -1, -1]);
  });

  test('a memory that ends inside a page ends there for those who read in place too', () => {
    const memory = new PhysicalMemory(0x1808);
    expect([memory.find(0, 0x1800) >= 0, memory.find(0, 0x1808), memory.find(0, 0x2000)]).toEqual([true, -1, -1]);
  });
});
