import { describe, expect, test } from 'vitest';
import { global, register } from '../../main/remapping/vtd/registers.ts';
import { Bench, qemuCap, requester } from './kit/bench.ts';

/** CAP with `count` fault records. */
const withRecords = (count: number): bigint => (qemuCap & ~(0xffn << 40n)) | (BigInt(count - 1) << 40n);

/** A bench whose every request from function `fn` faults with 2 (its context entry is not there). */
const faulting = (count = 1): Bench => new Bench({ cap: withRecords(count), caches: { contextEntries: 4 } }).start();
const from = (fn: number): number => requester + 8 + fn;

describe('fault reporting', () => {
  test('106 · the first fault fills the record, PPF and FRI', () => {
    const bench = new Bench().start();
    expect(bench.dma(0x1234_5678n, 'write')).toBe(0x05);
    expect(bench.unit.dma.recorded).toBe(true);
    expect(bench.record()).toEqual({
      info: 0x1234_5000n,
      source: requester,
      reason: 0x05,
      read: false,
      set: true,
      pasidPresent: false,
      addressType: 0,
    });
    expect(bench.get32(register.FSTS)).toBe(2);
    const reading = new Bench().start();
    reading.dma(0x1000n, 'read');
    expect(reading.record().read).toBe(true);
  });

  test('107 · no free record → PFO, the record stays', () => {
    const bench = faulting();
    bench.dma(0n, 'read', from(0));
    const before = bench.record();
    bench.dma(0n, 'read', from(1));
    expect(bench.unit.dma.recorded).toBe(false);
    expect(bench.record()).toEqual(before);
    expect(bench.get32(register.FSTS) & 1).toBe(1);
  });

  test('108 · while PFO is set nothing is logged, even with a free record', () => {
    const bench = faulting();
    bench.dma(0n, 'read', from(0));
    bench.dma(0n, 'read', from(1));
    bench.clearRecord();
    bench.dma(0n, 'read', from(2));
    expect(bench.record().set).toBe(false);
    bench.set32(register.FSTS, 1);
    bench.dma(0n, 'read', from(3));
    expect(bench.record()).toMatchObject({ set: true, source: from(3) });
  });

  test('109 · PPF clears with the last record', () => {
    const bench = faulting(2);
    bench.dma(0n, 'read', from(0));
    bench.dma(0n, 'read', from(1));
    bench.clearRecord(0);
    expect(bench.get32(register.FSTS) & 2).toBe(2);
    bench.clearRecord(1);
    expect(bench.get32(register.FSTS) & 2).toBe(0);
  });

  test('110 · the same pending fault is collapsed', () => {
    const bench = faulting(4);
    bench.dma(0n, 'read', from(0));
    bench.dma(0n, 'read', from(0));
    expect(bench.unit.dma.recorded).toBe(false);
    expect(bench.record(1).set).toBe(false);
    bench.dma(0n, 'write', from(0));
    expect(bench.record(1).set).toBe(true);
  });

  test('111 · the ring goes round', () => {
    const bench = faulting(3);
    for (let round = 0; round < 3; round++) {
      bench.dma(0n, 'read', from(round));
      expect(bench.record(round)).toMatchObject({ set: true, source: from(round) });
      expect((bench.get32(register.FSTS) >>> 8) & 0xff).toBe(round);
      bench.clearRecord(round);
    }
    bench.dma(0n, 'read', from(3));
    expect(bench.record(0)).toMatchObject({ set: true, source: from(3) });
  });

  test('112 · IM 0: the event is FEADDR and FEDATA, once', () => {
    const bench = faulting(4);
    bench.set32(register.FEDATA, 0x4021);
    bench.set32(register.FEADDR, 0xfee01000);
    bench.set32(register.FECTL, 0);
    bench.dma(0n, 'read', from(0));
    expect(bench.messages).toEqual([{ address: 0xfee01000n, data: 0x4021 }]);
    expect(bench.get32(register.FECTL)).toBe(0);
  });

  test('113 · IM 1: IP is set, the message follows on unmask', () => {
    const bench = faulting();
    bench.set32(register.FEDATA, 0x31);
    bench.dma(0n, 'read', from(0));
    expect(bench.messages).toEqual([]);
    expect(bench.get32(register.FECTL)).toBe(0xc0000000);
    bench.set32(register.FECTL, 0);
    expect(bench.messages).toHaveLength(1);
    expect(bench.get32(register.FECTL)).toBe(0);
  });

  test('114 · another status bit pending: no second message', () => {
    const bench = faulting(4);
    bench.set32(register.FECTL, 0);
    bench.dma(0n, 'read', from(0));
    bench.dma(0n, 'read', from(1));
    expect(bench.messages).toHaveLength(1);
    bench.clearRecord(0);
    bench.clearRecord(1);
    bench.dma(0n, 'read', from(2));
    expect(bench.messages).toHaveLength(2);
  });

  test('115 · all status cleared: IP goes too', () => {
    const bench = faulting();
    bench.dma(0n, 'read', from(0));
    expect(bench.get32(register.FECTL) & 0x40000000).not.toBe(0);
    bench.clearRecord();
    expect(bench.get32(register.FECTL) & 0x40000000).toBe(0);
  });

  test('116 · a message that cannot be written is counted, and nothing else', () => {
    const bench = faulting();
    bench.sinkWorks = false;
    bench.set32(register.FECTL, 0);
    bench.dma(0n, 'read', from(0));
    expect([bench.unit.faultEvent.lost, bench.unit.faultEvent.sent]).toEqual([1, 0]);
    expect(bench.get32(register.FSTS)).toBe(2);
  });

  test('118 · records survive TE off and on; on starts again at the first', () => {
    const bench = faulting(4);
    bench.dma(0n, 'read', from(0));
    bench.off(global.translation);
    expect(bench.record(0).set).toBe(true);
    bench.clearRecord(0);
    bench.command(global.translation);
    bench.dma(0n, 'read', from(1));
    expect(bench.record(0)).toMatchObject({ set: true, source: from(1) });
  });

  for (const [name, mode, ecap] of [
    ['a reserved table mode', 0x800n, 0xf00f4an | (1n << 52n)],
    ['the obsolete extended mode', 0x800n, 0xf00f4an],
    ['scalable mode without SMTS', 0x400n, 0xf00f4an],
    ['abort mode without ADMS', 0xc00n, 0xf00f4an],
  ] as const)
    test(`${name} is fault 30, which FPD does not silence`, () => {
      const bench = new Bench({ ecap }).start({ low: 2n });
      bench.set64(register.RTADDR, 0x1000n | mode);
      bench.command(global.rootTable);
      expect(bench.dma(0n)).toBe(0x30);
      expect(bench.record().reason).toBe(0x30);
    });
});
