import { describe, expect, test } from 'vitest';
import { memoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import {
  entryBit,
  pageSizeAt,
  reservedMasks,
  tableIndex,
  widthOfLevels,
} from '../../main/remapping/formats/second-stage.ts';
import { Bench, PS, qemuCap, qemuEcap, R, RW, topTable, W } from './kit/bench.ts';

const fiveLevels = (qemuCap & ~(0x3fn << 16n)) | (56n << 16n) | (1n << 11n);
const withSnoop = qemuEcap | (1n << 7n);
const without2M = qemuCap & ~(1n << 34n);
const without1G = qemuCap & ~(1n << 35n);

describe('second-stage paging', () => {
  test('43 · three levels, address 0, 4 KiB: read and write go to the mapped page', () => {
    const bench = new Bench().start({ aw: 1n });
    bench.map(0n, 0x5000n, { levels: 3 });
    expect(bench.translated(0x10n)).toBe(0x5010n);
    expect(bench.translated(0x10n, 'write')).toBe(0x5010n);
  });

  test('44 · four levels, 4 KiB', () => {
    const bench = new Bench().start();
    bench.map(0x7f123456f000n, 0x5000n);
    expect(bench.translated(0x7f123456fabcn)).toBe(0x5abcn);
    expect(bench.unit.dma.outLevel).toBe(1);
  });

  test('45 · 2 MiB and 1 GiB leaves keep the offset', () => {
    const bench = new Bench().start();
    bench.map(0x40200000n, 0x600000n, { level: 2 });
    expect(bench.translated(0x402abcden)).toBe(0x6abcden);
    expect(bench.unit.dma.outLevel).toBe(2);
    bench.map(0x8000000000n, 0x140000000n, { level: 3 });
    expect(bench.translated(0x8012345678n)).toBe(0x152345678n);
    expect(bench.unit.dma.outLevel).toBe(3);
  });

  test('46 · five levels', () => {
    const bench = new Bench({ cap: fiveLevels, hostWidth: 48 }).start({ aw: 3n });
    bench.map(0x1a5000012345000n, 0x5000n, { levels: 5 });
    expect(bench.translated(0x1a5000012345678n)).toBe(0x5678n);
    expect(bench.translated(0x1a5000012345678n)).toBe(0x5678n);
    expect(bench.dma(1n << 57n)).toBe(0x04);
  });

  test('47 · a large page that the unit does not offer → C', () => {
    for (const [cap, level] of [
      [without2M, 2],
      [without1G, 3],
    ] as const) {
      const bench = new Bench({ cap }).start();
      bench.map(0x40000000n, 0x40000000n, { level });
      expect(bench.dma(0x40000000n)).toBe(0x0c);
    }
  });

  test('48 · bit 7 at the top level → C', () => {
    const bench = new Bench().start();
    bench.map(0n, 0x5000n);
    bench.write(topTable, bench.read(topTable) | PS);
    expect(bench.dma(0n)).toBe(0x0c);
  });

  test('49 · a 2 MiB leaf whose address is not aligned → C', () => {
    for (const low of [0x1000n, 0x100000n]) {
      const bench = new Bench().start();
      bench.map(0n, 0x600000n | low, { level: 2 });
      expect(bench.dma(0n)).toBe(0x0c);
    }
  });

  test('50 · address bits from the host width to 51 → C', () => {
    for (const bit of [39n, 48n, 51n]) {
      const bench = new Bench({ hostWidth: 39 }).start();
      bench.map(0n, 0x5000n | (1n << bit));
      expect(bench.dma(0n)).toBe(0x0c);
    }
  });

  test('51 · SNP without snoop control → C; with it → fine', () => {
    for (const [ecap, reason] of [
      [qemuEcap, 0x0c],
      [withSnoop, 0],
    ] as const) {
      const bench = new Bench({ ecap }).start();
      bench.map(0n, 0x5000n, { extra: 1n << 11n });
      expect(bench.dma(0n)).toBe(reason);
    }
  });

  test('52 · an address beyond the width of the tables → 4', () => {
    const bench = new Bench().start({ aw: 1n });
    bench.map(0n, 0x5000n, { levels: 3 });
    expect(bench.dma(1n << 39n)).toBe(0x04);
    expect(new Bench().start().dma(1n << 48n)).toBe(0x04);
    expect(bench.dma(0n)).toBe(0);
  });

  test('53 · R=W=0 at any level → 6 for a read, 5 for a write', () => {
    for (const level of [4, 3, 2, 1]) {
      const bench = new Bench().start();
      bench.map(0n, 0x5000n);
      bench.write(bench.entry(0n, level), 0x5000n);
      expect([bench.dma(0n, 'read'), bench.dma(0n, 'write')]).toEqual([0x06, 0x05]);
    }
  });

  test('54 · a write-only page: the write passes, the read → 6', () => {
    const bench = new Bench().start();
    bench.map(0n, 0x5000n, { rights: W });
    expect([bench.dma(0n, 'write'), bench.dma(0n, 'read')]).toEqual([0, 0x06]);
  });

  test('55 · a right missing further up is missing', () => {
    for (const level of [4, 3, 2]) {
      const bench = new Bench().start();
      bench.map(0n, 0x5000n);
      const at = bench.entry(0n, level);
      bench.write(at, (bench.read(at) & ~RW) | R);
      expect([bench.dma(0n, 'write'), bench.dma(0n, 'read')]).toEqual([0x05, 0]);
    }
  });

  test('56 · the top table unreadable → 3', () => {
    const bench = new Bench().start();
    bench.writeContext({ low: topTable ^ 0xffff_ffff_f000n });
    expect(bench.dma(0n)).toBe(0x03);
  });

  test('57 · a lower table unreadable → 7', () => {
    for (const level of [4, 3, 2]) {
      const bench = new Bench().start();
      bench.map(0n, 0x5000n);
      bench.write(bench.entry(0n, level), 0xffff_ffff_f000n | RW);
      expect(bench.dma(0n)).toBe(0x07);
    }
  });

  test('58 · a table on poisoned memory → 7', () => {
    const bench = new Bench().start();
    bench.map(0n, 0x5000n);
    const leafTable = bench.entry(0n, 1) & ~0xfffn;
    bench.unit.memory.inject = (_hi, lo) =>
      (lo & ~0xfff) === Number(leafTable) ? memoryStatus.poisoned : memoryStatus.ok;
    expect(bench.dma(0n)).toBe(0x07);
  });

  test('59 · output in the interrupt range → E, also when a large page merely contains it', () => {
    const small = new Bench().start();
    small.map(0n, 0xfee01000n);
    expect(small.dma(0n)).toBe(0x0e);
    small.map(0x1000n, 0xfedff000n);
    expect(small.dma(0x1000n)).toBe(0);
    small.map(0x2000n, 0xfef00000n);
    expect(small.dma(0x2000n)).toBe(0);
    const large = new Bench().start();
    large.map(0n, 0xfee00000n, { level: 2 });
    expect(large.dma(0x1ff000n)).toBe(0x0e);
    large.map(0x40000000n, 0xc0000000n, { level: 3 });
    expect(large.dma(0x40000000n)).toBe(0x0e);
    large.map(0x80000000n, 0x1c0000000n, { level: 3 });
    expect(large.dma(0x80000000n)).toBe(0);
  });

  test('60 · permission is looked at before reserved bits', () => {
    const bench = new Bench().start();
    bench.write(bench.entry(0n, 1), 0x5000n | R | (1n << 50n));
    expect([bench.dma(0n, 'write'), bench.dma(0n, 'read')]).toEqual([0x05, 0x0c]);
  });

  test('61 · level 1 is a leaf whatever its bit 7 says', () => {
    const bench = new Bench().start();
    bench.map(0n, 0x5000n, { extra: PS });
    expect(bench.translated(0n)).toBe(0x5000n);
  });

  test('64 · one IOTLB entry serves its whole large page', () => {
    const bench = new Bench().start();
    bench.map(0x200000n, 0x600000n, { level: 2 });
    expect(bench.translated(0x200000n)).toBe(0x600000n);
    const walked = bench.unit.walk.reads;
    expect(bench.translated(0x3ff123n)).toBe(0x7ff123n);
    expect(bench.unit.walk.reads).toBe(walked);
  });

  test('64 · with one entry, pages of every size give way to one another', () => {
    const bench = new Bench({ caches: { iotlbEntries: 1, iotlbWays: 1 } }).start();
    bench.map(0x1000n, 0x5000n);
    bench.map(0x200000n, 0x600000n, { level: 2 });
    bench.map(0x8000000000n, 0x140000000n, { level: 3 });
    for (let round = 0; round < 2; round++) {
      expect(bench.translated(0x1234n)).toBe(0x5234n);
      expect(bench.translated(0x212345n)).toBe(0x612345n);
      expect(bench.translated(0x8012345678n)).toBe(0x152345678n);
      expect(bench.unit.iotlb.used).toBe(1);
    }
  });

  test.each([0, 4])('43 · one request after another, with %i entries of paging-structure caches', (pagingEntries) => {
    const bench = new Bench({ caches: { pagingEntries } }).start();
    bench.map(0x1000n, 0x5000n);
    bench.map(0x2000n, 0x7000n);
    bench.map(0x200000n, 0x600000n, { level: 2 });
    // The same gigabyte by another table: what leads to that one is remembered, the table is not yet.
    bench.map(0x401000n, 0x9000n);
    expect(bench.translated(0x1234n)).toBe(0x5234n);
    expect(bench.translated(0x2234n)).toBe(0x7234n);
    expect(bench.translated(0x212345n)).toBe(0x612345n);
    expect(bench.translated(0x401234n)).toBe(0x9234n);
    expect(bench.dma(0x3000n)).toBe(6);
    expect(bench.record()).toMatchObject({ reason: 6 });
    expect(bench.translated(0x2234n)).toBe(0x7234n);
  });

  test('64 · a full set takes turns, and every answer stays right; other sets keep what they have', () => {
    const bench = new Bench({ caches: { iotlbEntries: 16, iotlbWays: 4 } }).start();
    bench.map(0x401000n, 0x9000n);
    expect(bench.translated(0x401000n)).toBe(0x9000n);
    // Every fourth page is in one set.
    const pages = Array.from({ length: 6 }, (_, index) => BigInt(index) * 0x4000n);
    for (const page of pages) bench.map(page, 0x100000n + page);
    for (const page of pages) expect(bench.translated(page)).toBe(0x100000n + page);
    expect(bench.unit.iotlb.used).toBe(5);
    const walked = bench.unit.walk.reads;
    for (const page of pages.slice(2)) expect(bench.translated(page)).toBe(0x100000n + page);
    expect(bench.translated(0x401000n)).toBe(0x9000n);
    expect(bench.unit.walk.reads).toBe(walked);
    expect(bench.translated(0n)).toBe(0x100000n);
    expect(bench.unit.walk.reads).toBeGreaterThan(walked);
  });

  test('65 · first and last byte of every size pass, their neighbours fault', () => {
    for (const level of [1, 2, 3]) {
      const size = BigInt(pageSizeAt(level));
      for (const index of [1n, 7n, 300n]) {
        const bench = new Bench().start();
        const start = 0x10000000000n + index * size;
        bench.map(start, size * 4n, { level });
        expect(bench.translated(start)).toBe(size * 4n);
        expect(bench.translated(start + size - 1n)).toBe(size * 5n - 1n);
        expect(bench.dma(start + size)).toBe(0x06);
        expect(bench.dma(start - 1n)).toBe(0x06);
      }
    }
  });

  test('68 · index and width of every level', () => {
    const address = 0x01ff_0f0f_1234_5678n;
    const hi = Number(address >> 32n);
    const lo = Number(address & 0xffffffffn) | 0;
    for (let level = 1; level <= 5; level++) {
      expect(tableIndex(level, hi, lo)).toBe(Number((address >> BigInt(3 + 9 * level)) & 511n));
      expect(widthOfLevels(level)).toBe(12 + 9 * level);
    }
  });

  test('69 · large pages exist at levels 2 and 3 only', () => {
    const masks = reservedMasks({ hostWidth: 48, snoopControl: false, pages2M: true, pages1G: true });
    const offered = [1, 2, 3, 4, 5].filter((level) => ((masks.largeLo[level] ?? 0) & entryBit.large) === 0);
    expect(offered).toEqual([2, 3]);
  });

  test('72 · the last address of each width resolves, the next is out of range', () => {
    for (const [aw, levels, width] of [
      [1n, 3, 39n],
      [2n, 4, 48n],
    ] as const) {
      const bench = new Bench().start({ aw });
      const last = (1n << width) - 0x1000n;
      bench.map(last, 0x5000n, { levels });
      expect(bench.translated(last)).toBe(0x5000n);
      expect(bench.dma(last + 0x1000n)).toBe(0x04);
    }
  });

  test('a table entry may not carry bit 11 or 62; bits 61:52 and 63 are ignored', () => {
    for (const [bit, reason] of [
      [11n, 0x0c],
      [62n, 0x0c],
      [52n, 0],
      [61n, 0],
      [63n, 0],
    ] as const) {
      const bench = new Bench().start();
      bench.map(0n, 0x5000n);
      const at = bench.entry(0n, 3);
      bench.write(at, bench.read(at) | (1n << bit));
      expect(bench.dma(0n)).toBe(reason);
    }
  });
});
