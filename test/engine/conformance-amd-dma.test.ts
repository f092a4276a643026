import { describe, expect, test } from 'vitest';
import { access } from '../../main/remapping/access.ts';
import { register } from '../../main/remapping/amdvi/registers.ts';
import { AmdBench, command, domain, fullEfr, IR, IW, next, PR, requester, RW, topTable } from './kit/amd-bench.ts';

const flags = { write: 0x20, present: 0x10, permission: 0x40, reserved: 0x80, translation: 0x100 } as const;

describe('device table', () => {
  test('197 · V=0 passes untranslated; V=1 TV=0 aborts with an event [which event is open; VirtualBox: IO_PAGE_FAULT]', () => {
    const bench = new AmdBench().start({ valid: false });
    expect(bench.translated(0x1234567n, 'write')).toBe(0x1234567n);
    bench.device({ translation: false });
    expect(bench.dma(0x30000n, 'write')).toBe(2);
    expect(bench.event).toEqual({ code: 2, flags: flags.write, space: domain, source: requester, address: 0x30000n });
  });

  test('198 · Mode 0 uses the address as it is, with IR and IW of the entry', () => {
    const bench = new AmdBench().start({ mode: 0n, rights: IR });
    expect(bench.translated(0xabc000n)).toBe(0xabc000n);
    expect(bench.dma(0xabc000n, 'write')).toBe(2);
    expect(bench.event).toMatchObject({ flags: flags.write | flags.present | flags.permission, address: 0xabc000n });
    expect(bench.unit.hostWalk.reads).toBe(0);
  });

  test('199 · Mode 1 to 6 walk as many levels; mode 7 and more levels than HATS are ILLEGAL_DEV_TABLE_ENTRY', () => {
    for (let levels = 1; levels <= 6; levels++) {
      const bench = new AmdBench().start({ mode: BigInt(levels) });
      const address = levels === 6 ? 0xfe00_0000_0001_0000n : 0x10000n;
      bench.map(address, 0x5000n, { levels });
      expect(bench.translated(address + 8n)).toBe(0x5008n);
      expect(bench.unit.hostWalk.reads).toBe(levels);
      if (levels === 6) continue;
      expect(bench.dma(1n << BigInt(12 + 9 * levels))).toBe(2);
      expect(bench.event).toMatchObject({ code: 2, flags: 0 });
    }
    const seven = new AmdBench().start({ mode: 7n });
    expect(seven.dma(0x30000n, 'write')).toBe(1);
    expect(seven.event).toEqual({ code: 1, flags: flags.write, space: 0, source: requester, address: 0x30000n });
    const four = new AmdBench({ efr: 0x21d3n }).start({ mode: 5n });
    expect(four.dma(0x30000n)).toBe(1);
  });

  test('reserved bits, each alone, are ILLEGAL_DEV_TABLE_ENTRY with RZ, and nothing is kept', () => {
    const reserved: [number, bigint][] = [
      ...[2, 3, 4, 5, 6, 63].map((bit): [number, bigint] => [0, 1n << BigInt(bit)]),
      [0, 1n << 7n],
      [0, 1n << 54n],
      [1, 1n << 42n],
    ];
    for (const [quad, bit] of reserved) {
      const bench = new AmdBench().start();
      bench.map(0x30000n, 0x5000n);
      const extra: [bigint, bigint, bigint, bigint] = [0n, 0n, 0n, 0n];
      extra[quad] = bit;
      bench.device({ extra });
      expect(bench.dma(0x30000n)).toBe(1);
      expect(bench.event.flags & flags.reserved).toBe(flags.reserved);
      bench.device();
      expect(bench.translated(0x30000n)).toBe(0x5000n);
    }
  });

  test('fields of features that the unit lacks are reserved: GV without GT, HAD 11 without HD', () => {
    const plain = new AmdBench({ efr: 0x29c3n }).start({ extra: [1n << 55n, 0n, 0n, 0n] });
    expect(plain.dma(0x30000n)).toBe(1);
    const pieces = new AmdBench({ efr: 0x29c3n }).start({ extra: [0n, 1n << 16n, 0n, 0n] });
    expect(pieces.dma(0x30000n)).toBe(1);
    const accessedOnly = new AmdBench({ efr: 0x29d3n | (1n << 49n) }).start({ extra: [3n << 7n, 0n, 0n, 0n] });
    expect(accessedOnly.dma(0x30000n)).toBe(1);
  });

  test('a requester outside the table is a page fault', () => {
    const bench = new AmdBench().start();
    bench.set64(register.DEV_TABLE, 0x100000n);
    expect(bench.dma(0x30000n, 'read', 127)).toBe(0);
    expect(bench.dma(0x30000n, 'read', 128)).toBe(2);
    expect(bench.event).toMatchObject({ code: 2, source: 128, space: 0 });
  });

  test('SA silences page faults of a device, SE all but the first; the request is blocked all the same', () => {
    const silent = new AmdBench().start({ extra: [0n, 1n << 34n, 0n, 0n] });
    expect(silent.dma(0x30000n)).toBe(2);
    expect(silent.events).toBe(0);
    const once = new AmdBench().start({ extra: [0n, 1n << 33n, 0n, 0n] });
    for (let round = 0; round < 3; round++) expect(once.dma(0x30000n)).toBe(2);
    expect(once.events).toBe(1);
    once.submit(command.device(requester));
    expect(once.dma(0x30000n)).toBe(2);
    expect(once.events).toBe(2);
  });

  test('the unit is off: everything passes, ATS requests do not', () => {
    const bench = new AmdBench();
    expect(bench.translated(0x7777000n, 'write')).toBe(0x7777000n);
    expect(bench.dma(0x1000n, 'read', requester, access.translationRequest)).toBe(-1);
    expect(bench.interrupt(0x31)).toBe(0);
  });
});

describe('host tables', () => {
  test('200 · levels may be skipped where the address bits between are 0; otherwise, and upwards, it is a fault', () => {
    const bench = new AmdBench().start();
    bench.write(topTable, 0x20000n | PR | RW | next(1));
    bench.write(0x20000n + 0x30n * 8n, 0x5000n | PR | RW);
    expect(bench.translated(0x30123n)).toBe(0x5123n);
    expect(bench.unit.hostWalk.reads).toBe(2);
    expect(bench.dma(0x230000n, 'write')).toBe(2);
    expect(bench.event).toMatchObject({ code: 2, flags: flags.write | flags.present });
    for (const level of [4, 5, 6]) {
      bench.write(topTable, 0x20000n | PR | RW | next(level));
      bench.submit(command.pages(domain, 0x7fff_ffff_ffff_f000n, 1n));
      expect(bench.dma(0x30000n)).toBe(2);
      expect(bench.event.flags).toBe(flags.present);
    }
  });

  test('201 · NextLevel 7 encodes every size from 8 KiB, and every entry of a run gives the same page', () => {
    for (let bits = 13; bits <= 51; bits++) {
      // 512 GiB and the others at a level's own size are NextLevel 0.
      const level = Math.floor((bits - 12) / 9) + 1;
      const run = 2 ** ((bits - 12) % 9);
      if (run === 1) continue;
      const bench = new AmdBench().start({ mode: 6n });
      const size = 1n << BigInt(bits);
      const encoded = (size - 1n) & ~(size >> 1n) & 0xffffffffff000n;
      const target = bits < 26 ? size : 0n;
      for (let copy = 0; copy < run; copy++)
        bench.write(bench.entry(BigInt(copy) << BigInt(3 + 9 * level), level, 6), target | encoded | PR | RW | next(7));
      for (const offset of [0n, size / 2n + 8n, size - 8n]) {
        expect(bench.translated(offset)).toBe(target + offset);
        expect(bench.unit.dma.outBits).toBe(bits);
      }
      expect(bench.unit.pages.used).toBe(1);
    }
  });

  test('201 · a size that is this level’s own or smaller, or the next level’s or larger, is a fault', () => {
    const bench = new AmdBench().start();
    for (const [level, bits] of [
      [2, 13],
      [2, 21],
      [2, 30],
      [1, 21],
      [1, 30],
    ] as const) {
      const size = 1n << BigInt(bits);
      bench.write(
        bench.entry(0x4000_0000n * BigInt(level), level),
        ((size - 1n) & ~(size >> 1n) & ~0xfffn) | PR | RW | next(7),
      );
      expect(bench.dma(0x4000_0000n * BigInt(level))).toBe(2);
      expect(bench.event.flags).toBe(flags.present);
    }
  });

  test('leaves at their own level: 4 KiB, 2 MiB, 1 GiB, 512 GiB, 256 TiB', () => {
    for (const [level, bits] of [
      [1, 12],
      [2, 21],
      [3, 30],
      [4, 39],
      [5, 48],
    ] as const) {
      const bench = new AmdBench().start({ mode: 6n });
      bench.map(0n, 0n, { level, levels: 6 });
      const last = (1n << BigInt(bits)) - 8n;
      expect(bench.translated(last)).toBe(last);
      expect(bench.unit.dma.outBits).toBe(bits);
    }
  });

  test('202 · rights are those that the entry, and every level, grant', () => {
    for (const [inDevice, upper, leaf, reads, writes] of [
      [RW, RW, IR, true, false],
      [RW, RW, IW, false, true],
      [RW, IR, RW, true, false],
      [IW, RW, RW, false, true],
      [IR, IW, RW, false, false],
    ] as const) {
      const bench = new AmdBench().start({ rights: inDevice });
      bench.map(0x30000n, 0x5000n, { rights: leaf });
      bench.write(topTable, (bench.read(topTable) & ~RW) | upper);
      for (let round = 0; round < 2; round++) {
        expect(bench.dma(0x30000n, 'read') === 0).toBe(reads);
        expect(bench.dma(0x30000n, 'write') === 0).toBe(writes);
      }
    }
  });

  test('203 · a miss is IO_PAGE_FAULT with RW, PR, PE, TR and the whole requester id', () => {
    const bench = new AmdBench().start({ source: 0xc7a5 });
    bench.map(0x30000n, 0x5000n, { rights: IR });
    const ask = (address: bigint, kind: 'read' | 'write'): object => {
      expect(bench.dma(address, kind, 0xc7a5)).toBe(2);
      return bench.event;
    };
    expect(ask(0x31010n, 'read')).toEqual({ code: 2, flags: 0, space: domain, source: 0xc7a5, address: 0x31010n });
    expect(ask(0x31010n, 'write')).toMatchObject({ flags: flags.write });
    expect(ask(0x30010n, 'write')).toMatchObject({ flags: flags.write | flags.present | flags.permission });
    expect(bench.dma(0x30010n, 'read', 0xc7a5)).toBe(0);
    expect(ask(0x30010n, 'write')).toMatchObject({ flags: flags.write | flags.present | flags.permission });
    bench.write(bench.entry(0x32000n, 1), 0x6000n | PR | RW | (1n << 52n));
    expect(ask(0x32000n, 'read')).toMatchObject({ flags: flags.present | flags.reserved });
  });

  test('bits 60:52 are reserved on the way, and 58:52 in a leaf, where FC and U are not', () => {
    const bench = new AmdBench().start();
    bench.map(0x30000n, 0x5000n, { extra: 3n << 59n });
    expect(bench.translated(0x30000n)).toBe(0x5000n);
    for (const bit of [52n, 58n]) {
      bench.map(0x31000n, 0x5000n, { extra: 1n << bit });
      expect(bench.dma(0x31000n)).toBe(2);
    }
    const inner = bench.entry(0x200000n, 2);
    for (const bit of [52n, 59n, 60n]) {
      bench.write(inner, 0x6000n | PR | RW | next(1) | (1n << bit));
      expect(bench.dma(0x200000n)).toBe(2);
      expect(bench.event.flags).toBe(flags.present | flags.reserved);
    }
  });

  test('HAD 11 sets A at every level and D at the leaf of a write; 01 sets A only; 00 nothing', () => {
    for (const [marks, onRead, onWrite] of [
      [0n, 0n, 0n],
      [1n, 0x20n, 0x20n],
      [3n, 0x20n, 0x60n],
    ] as const) {
      const bench = new AmdBench({ efr: fullEfr }).start({ extra: [marks << 7n, 0n, 0n, 0n] });
      bench.map(0x30000n, 0x5000n);
      const leaf = bench.entry(0x30000n, 1);
      bench.translated(0x30000n);
      expect(bench.read(leaf) & 0x60n).toBe(onRead);
      expect(bench.read(topTable) & 0x60n).toBe(onRead);
      bench.translated(0x30000n, 'write');
      expect(bench.read(leaf) & 0x60n).toBe(onWrite);
      // Known to be dirty, further writes come from the cache.
      const reads = bench.unit.hostWalk.reads;
      bench.translated(0x30000n, 'write');
      expect(bench.unit.hostWalk.reads).toBe(reads);
    }
  });
});

describe('exclusion and ATS', () => {
  test('213 · the exclusion range passes as it is, for devices with EX or for all with Allow', () => {
    const bench = new AmdBench().start();
    bench.set64(register.EXCL_BASE, 0x40001n);
    bench.set64(register.EXCL_LIMIT, 0x41000n);
    expect(bench.dma(0x40000n)).toBe(2);
    bench.device({ extra: [0n, 1n << 39n, 0n, 0n] });
    bench.submit(command.device(requester));
    expect(bench.translated(0x40010n, 'write')).toBe(0x40010n);
    expect(bench.translated(0x41fffn)).toBe(0x41fffn);
    expect(bench.dma(0x42000n)).toBe(2);
    expect(bench.dma(0x3fff0n)).toBe(2);
    bench.device();
    bench.submit(command.device(requester));
    bench.set64(register.EXCL_BASE, 0x40003n);
    expect(bench.translated(0x40010n)).toBe(0x40010n);
    bench.set64(register.EXCL_BASE, 0x40002n);
    expect(bench.dma(0x40010n)).toBe(2);
  });

  test('ATS: I=0 is INVALID_DEVICE_REQUEST; translation requests get rights and log no page fault; translated ones pass', () => {
    const bench = new AmdBench().start();
    bench.map(0x30000n, 0x5000n, { rights: IR });
    expect(bench.dma(0x30000n, 'read', requester, access.translationRequest)).toBe(8);
    expect(bench.event).toMatchObject({ code: 8, flags: flags.translation | 0x200, address: 0x30000n });
    bench.device({ extra: [0n, 1n << 32n, 0n, 0n] });
    bench.submit(command.device(requester));
    expect(bench.dma(0x30000n, 'read', requester, access.translationRequest)).toBe(0);
    expect([bench.out, bench.unit.dma.outRights]).toEqual([0x5000n, access.read]);
    const before = bench.events;
    expect(bench.dma(0x31000n, 'read', requester, access.translationRequest)).toBe(2);
    expect(bench.events).toBe(before);
    expect(bench.dma(0x99000n, 'write', requester, access.translated)).toBe(0);
    expect(bench.out).toBe(0x99000n);
  });

  test('reads of the interrupt range are INVALID_DEVICE_REQUEST', () => {
    const bench = new AmdBench().start();
    expect(bench.dma(0xfee00000n)).toBe(8);
    expect(bench.event).toMatchObject({ code: 8, address: 0xfee00000n });
  });
});
