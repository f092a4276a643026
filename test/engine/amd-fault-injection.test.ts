import { describe, expect, test } from 'vitest';
import { control, register, status } from '../../main/remapping/amdvi/registers.ts';
import { memoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import type { MemoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import { AmdBench, command, commandBuffer, deviceTable, fullEfr, requester, topTable } from './kit/amd-bench.ts';

/** Makes the n-th access (from 0) fail, and counts them. */
function failNth(bench: AmdBench, n: number, how: MemoryStatus = memoryStatus.denied): { count: () => number } {
  let seen = 0;
  bench.unit.memory.inject = () => (seen++ === n ? how : memoryStatus.ok);
  return { count: () => seen };
}

function mapped(): AmdBench {
  const bench = new AmdBench({ efr: fullEfr }).start({ extra: [3n << 7n, 0n, 0n, 0n] });
  bench.map(0x30000n, 0x5000n);
  return bench;
}

describe('every structure access can fail', () => {
  // Device table entry 4 quads; four levels, each read and then marked.
  const expected = [3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4];

  test('a walk makes exactly the accesses that the loop below fails', () => {
    const bench = mapped();
    const accesses = failNth(bench, -1);
    bench.dma(0x30000n);
    expect(accesses.count()).toBe(expected.length);
  });

  expected.forEach((code, n) =>
    test(`DMA: access ${n} fails → event ${code}, and the next request is as if nothing had been`, () => {
      const bench = mapped();
      failNth(bench, n, memoryStatus.poisoned);
      expect(bench.dma(0x30000n)).toBe(code);
      expect(bench.event).toMatchObject({ code, flags: 0x600, source: requester });
      const address = bench.event.address;
      if (code === 3) expect(address).toBe(deviceTable + BigInt(requester) * 32n);
      if (n === 4) expect(address).toBe(topTable);
      bench.unit.memory.inject = null;
      expect(bench.translated(0x30000n)).toBe(0x5000n);
      expect(bench.translated(0x30000n)).toBe(0x5000n);
    }),
  );

  const table = 0x40000n;
  for (const wide of [false, true])
    for (let n = 0; n < (wide ? 6 : 5); n++)
      test(`interrupt, ${wide ? 128 : 32}-bit entry: access ${n} fails → event, and nothing is kept`, () => {
        const bench = new AmdBench({ efr: fullEfr }).start({}, wide ? BigInt(control.guestApic) : 0n);
        bench.interruptTable(table);
        bench.write(table, wide ? 1n : 1n | (0x41n << 16n), 0x41n);
        failNth(bench, n);
        expect(bench.interrupt(0)).toBe(n < 4 ? 3 : 4);
        expect(bench.event.flags).toBe(0x408);
        bench.unit.memory.inject = null;
        expect(bench.interrupt(0)).toBe(0);
        expect(bench.unit.interrupts.delivered?.vector).toBe(0x41);
      });

  for (const n of [0, 1, 2])
    test(`commands: access ${n} fails → COMMAND_HARDWARE_ERROR, and the buffer goes on after off and on`, () => {
      const bench = new AmdBench().start();
      bench.write(commandBuffer, ...command.wait(0x7000n, 5n));
      failNth(bench, n);
      bench.unit.writeRegister(register.CMD_TAIL, 16);
      bench.unit.memory.inject = null;
      expect(bench.event).toMatchObject({ code: 6, flags: 0x400, address: n === 2 ? 0x7000n : commandBuffer });
      expect([bench.get64(register.CMD_HEAD), bench.status & status.commandRun]).toEqual([0n, 0]);
      const on = bench.unit.readRegister(register.CONTROL);
      bench.unit.writeRegister(register.CONTROL, on & ~control.commands);
      bench.unit.writeRegister(register.CONTROL, on);
      expect([bench.read(0x7000n), bench.get64(register.CMD_HEAD)]).toEqual([5n, 16n]);
    });
});
