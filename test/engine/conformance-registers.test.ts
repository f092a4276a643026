import { describe, expect, test } from 'vitest';
import { createRegisters, global, register } from '../../main/remapping/vtd/registers.ts';
import { Bench, extendedEcap, qemuEcap } from './kit/bench.ts';

/** CAP and ECAP of QEMU 11.1.3 by its options, measured. */
const presets = {
  default: [0x80d2008c222f0606n, 0xf00f4an],
  'aw-bits=39': [0x80d2008c22260206n, 0xf00f4an],
  'caching-mode': [0x80d2008c222f0686n, 0xf00f4an],
  'device-iotlb': [0x80d2008c222f0606n, 0xf00f4en],
  'snoop-control': [0x80d2008c222f0606n, 0xf00fcan],
} as const;

describe('registers and reset', () => {
  for (const [name, [cap, ecap]] of Object.entries(presets))
    test(`1 · capability registers equal the measured vectors: ${name}`, () => {
      const bench = new Bench({ cap, ecap });
      expect(bench.get64(register.CAP)).toBe(cap);
      expect(bench.get64(register.ECAP)).toBe(ecap);
      expect(bench.get32(register.VER)).toBe(0x10);
    });

  test('2 · reset restores every writable register and keeps the capabilities', () => {
    const bench = new Bench();
    const fresh = createRegisters(bench.unit.capabilities);
    for (let offset = 0; offset < bench.unit.registers.size; offset += 4) bench.unit.registers.write(offset, -1);
    bench.unit.registers.reset();
    for (let offset = 0; offset < fresh.size; offset += 4)
      expect(bench.unit.registers.read(offset)).toBe(fresh.read(offset));
  });

  test('3 · a fresh unit has FSTS and GSTS 0', () => {
    const bench = new Bench();
    expect([bench.get32(register.FSTS), bench.get32(register.GSTS)]).toEqual([0, 0]);
  });

  test('4 · VER, CAP, ECAP and GSTS ignore writes', () => {
    const bench = new Bench();
    for (const offset of [
      register.VER,
      register.CAP,
      register.CAP + 4,
      register.ECAP,
      register.ECAP + 4,
      register.GSTS,
    ]) {
      const before = bench.get32(offset);
      bench.set32(offset, ~before);
      expect(bench.get32(offset)).toBe(before);
    }
  });

  test('5 · GCMD reads 0', () => {
    const bench = new Bench().start();
    expect(bench.get32(register.GCMD)).toBe(0);
  });

  test('6 · RTADDR counts only from the next SRTP on', () => {
    const bench = new Bench().start({ tt: 2n });
    expect(bench.get32(register.GSTS) & global.rootTable).not.toBe(0);
    bench.set64(register.RTADDR, 0x9000n);
    bench.contextCommand(1);
    expect(bench.dma(0x5000n)).toBe(0);
    bench.command(global.rootTable);
    expect(bench.dma(0x5000n)).toBe(0x01);
  });

  test('7 · SIRTP latches size and EIME', () => {
    const bench = new Bench({ ecap: extendedEcap });
    bench.set64(register.IRTA, 0x3000n | (1n << 11n) | 3n);
    expect(bench.unit.state.interruptEntries).toBe(0);
    bench.command(global.interruptTable);
    expect(bench.get32(register.GSTS) & global.interruptTable).not.toBe(0);
    expect(bench.unit.state.interruptEntries).toBe(16);
    expect(bench.unit.state.extendedInterrupts).toBe(true);
    bench.set64(register.IRTA, 0x3000n);
    expect(bench.unit.state.interruptEntries).toBe(16);
  });

  test('8 · TE on sets TES; TE off clears it and DMA passes one to one', () => {
    const bench = new Bench().start();
    expect(bench.get32(register.GSTS) & global.translation).not.toBe(0);
    expect(bench.dma(0x12345000n)).toBe(0x06);
    bench.off(global.translation);
    expect(bench.get32(register.GSTS) & global.translation).toBe(0);
    expect(bench.translated(0x12345678n)).toBe(0x12345678n);
  });

  test('9 · QIE sets QIES and puts IQH at 0', () => {
    const bench = new Bench();
    bench.startQueue();
    expect(bench.get32(register.GSTS) & global.queue).not.toBe(0);
    expect(bench.get64(register.IQH)).toBe(0n);
  });

  test('10 · QIE off clears QIES and the queue is idle', () => {
    const bench = new Bench();
    bench.startQueue();
    bench.submit([0x25n | (6n << 32n), 0x7008n]);
    expect(bench.get64(register.IQH)).toBe(16n);
    bench.off(global.queue);
    expect(bench.get32(register.GSTS) & global.queue).toBe(0);
    expect(bench.get64(register.IQH)).toBe(0n);
    bench.submit([0x25n | (7n << 32n), 0x7000n]);
    expect(bench.read(0x7000n)).toBe(0n);
  });

  test('11 · IRE sets IRES', () => {
    const bench = new Bench();
    bench.command(global.interrupts);
    expect(bench.get32(register.GSTS) & global.interrupts).not.toBe(0);
  });

  test('12 · two 32-bit writes equal one 64-bit write', () => {
    const [halves, whole] = [new Bench(), new Bench()];
    halves.set32(register.RTADDR, 0xdeadb000);
    halves.set32(register.RTADDR + 4, 0x12);
    whole.set64(register.RTADDR, 0x12deadb000n);
    expect(halves.get64(register.RTADDR)).toBe(whole.get64(register.RTADDR));
  });

  test('14 · a write-1-to-clear bit stays at 0 and clears at 1', () => {
    const bench = new Bench().start();
    bench.dma(0x1000n);
    bench.dma(0x2000n);
    expect(bench.get32(register.FSTS) & 1).toBe(1);
    bench.set32(register.FSTS, 0);
    expect(bench.get32(register.FSTS) & 1).toBe(1);
    bench.set32(register.FSTS, 1);
    expect(bench.get32(register.FSTS) & 1).toBe(0);
  });

  test('15 · reserved bits read back 0', () => {
    const bench = new Bench();
    for (const offset of [0x30, 0x4c, 0x5c, 0x78, 0x98]) {
      bench.set32(offset, 0xffffffff);
      expect(bench.get32(offset)).toBe(0);
    }
    bench.set32(register.IQT, 0xffffffff);
    expect(bench.get32(register.IQT)).toBe(0x7fff0);
    bench.set32(register.FECTL, 0x3fffffff);
    expect(bench.get32(register.FECTL)).toBe(0);
  });

  test('16 · the address width decides which AW a context entry may have', () => {
    const narrow = new Bench({ cap: presets['aw-bits=39'][0] });
    narrow.start({ aw: 2n });
    expect(narrow.dma(0n)).toBe(0x03);
    const wide = new Bench().start({ aw: 1n });
    wide.map(0n, 0x5000n, { levels: 3 });
    expect(wide.translated(0n)).toBe(0x5000n);
  });

  test('17 · 2 MiB and 1 GiB pages are offered together', () => {
    const { capabilities } = new Bench().unit;
    expect([capabilities.pages2M, capabilities.pages1G]).toEqual([true, true]);
  });

  test('19 · IRTA keeps address, EIME and S; RTADDR keeps the address and TTM', () => {
    const bench = new Bench({ ecap: extendedEcap });
    bench.set64(register.IRTA, 0xffffffffffffffffn);
    expect(bench.get64(register.IRTA)).toBe(0xfffffffff80fn);
    bench.set64(register.RTADDR, 0xffffffffffffffffn);
    expect(bench.get64(register.RTADDR)).toBe(0xfffffffffc00n);
  });

  test('20 · WBF without RWBF has no effect and no status', () => {
    const bench = new Bench();
    bench.command(global.writeBuffer);
    expect(bench.get32(register.GSTS)).toBe(0);
  });

  test('GCMD with several changed bits is counted as a software violation', () => {
    const bench = new Bench();
    bench.set32(register.GCMD, global.translation | global.interrupts);
    expect(bench.unit.softwareViolations).toBe(1);
  });

  test('without interrupt remapping or a queue in ECAP their commands do nothing', () => {
    const bench = new Bench({ ecap: qemuEcap & ~0b1010n });
    bench.command(global.queue);
    bench.command(global.interrupts);
    expect(bench.get32(register.GSTS)).toBe(0);
  });
});
