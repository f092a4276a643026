import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { access, noPasid } from '../../main/remapping/access.ts';
import { quadOf } from '../../main/remapping/core/quad.ts';
import { createRemapRunner } from '../../main/remapping/driver/runner.ts';
import { PhysicalMemory } from '../../main/remapping/memory/physical-memory.ts';
import { VtdDriver } from '../../main/remapping/platform/vtd-driver.ts';
import { decodeFields } from '../../main/remapping/record/entry-fields.ts';
import { decodeCapabilities } from '../../main/remapping/vtd/capabilities.ts';
import { global, register } from '../../main/remapping/vtd/registers.ts';
import { VtdUnit } from '../../main/remapping/vtd/unit.ts';
import { Bench, qemuCap, qemuEcap, requester } from './kit/bench.ts';
import { qemuFirstCap, qemuFirstEcap, qemuSecondEcap } from './kit/scalable-bench.ts';

const mebibyte = 2 ** 20;
const large = 2 * mebibyte;

function driven() {
  const unit = new VtdUnit(decodeCapabilities(quadOf(qemuCap), quadOf(qemuEcap), null), new PhysicalMemory(2 ** 36));
  const driver = new VtdDriver(unit, 2 ** 32);
  const domain = driver.createDomain(4);
  driver.attach(requester, domain);
  const reach = (iova: number): number | null =>
    unit.translate(requester, noPasid, Math.floor(iova / 2 ** 32), iova | 0, access.read) === 0
      ? (unit.dma.outHi >>> 0) * 2 ** 32 + (unit.dma.outLo >>> 0)
      : null;
  return { unit, driver, domain, reach };
}

const rights = { read: true, write: true, largestLevel: 2 };

describe('what a driver does', () => {
  test('66 · 1 000 random maps and unmaps agree with a flat table', () => {
    const { driver, domain, reach } = driven();
    const flat = new Map<number, number>();
    const pages = 24;
    const steps = fc.sample(
      fc.record({
        page: fc.nat({ max: pages - 1 }),
        count: fc.integer({ min: 1, max: 6 }),
        target: fc.nat({ max: 999 }),
        map: fc.boolean(),
      }),
      { numRuns: 1000, seed: 7 },
    );
    for (const { page, count, target, map } of steps) {
      const last = Math.min(pages, page + count);
      const bytes = (last - page) * 4096;
      if (map) {
        // Like Linux, what is mapped is unmapped first.
        driver.unmap(domain, page * 4096, bytes);
        driver.map(domain, { ...rights, iova: page * 4096, physical: 2 ** 33 + target * 4096, bytes });
      } else driver.unmap(domain, page * 4096, bytes);
      for (let at = page; at < last; at++) {
        if (map) flat.set(at, 2 ** 33 + (target + at - page) * 4096);
        else flat.delete(at);
      }
      for (let at = 0; at < pages; at++) expect(reach(at * 4096)).toBe(flat.get(at) ?? null);
    }
  });

  test('67 · unmapping the middle of a large page keeps its edges', () => {
    const { driver, domain, reach } = driven();
    driver.map(domain, { ...rights, iova: 0, physical: 2 ** 33, bytes: large });
    expect(reach(0x5123)).toBe(2 ** 33 + 0x5123);
    driver.unmap(domain, 0x5000, 0x2000);
    expect([0x4fff, 0x5000, 0x6fff, 0x7000, large - 1].map(reach)).toEqual([
      2 ** 33 + 0x4fff,
      null,
      null,
      2 ** 33 + 0x7000,
      2 ** 33 + large - 1,
    ]);
  });

  test('156 · a remappable MSI is delivered with the vector of its entry', () => {
    const bench = new Bench();
    bench.set64(register.IRTA, 0x3003n);
    bench.command(global.interruptTable);
    bench.command(global.interrupts);
    bench.write(0x3020n, 1n | (0xeen << 16n) | (1n << 40n), 0n);
    expect(bench.unit.interrupt(requester, 0, 0xfee00050 | 0, 0)).toBe(0);
    expect(bench.unit.interrupts.delivered).toMatchObject({ vector: 0xee, destination: 1 });
  });
});

describe('formats and registers', () => {
  test('13 · a misaligned register access, or one of another size, changes nothing', () => {
    const runner = createRemapRunner();
    runner.run({ unit: { vendor: 'vtd', cap: '0x80d2008c222f0606', ecap: '0xf00f4a', memory: '0x8000000' } });
    const steps = [
      { write: 0x22, size: 4, value: '0x5000' },
      { write: 0x24, size: 8, value: '0x5000' },
      { write: 0x20, size: 2, value: '0x5000' },
      { write: 0x20, size: 16, value: '0x5000' },
    ];
    for (const step of steps) expect(runner.run({ register: step })).toContain('"ok":false');
    expect(runner.run({ register: { read: 0x20, size: 8 } })).toContain('"value":"0x0"');
  });

  test('18 · QEMU’s first-stage option turns FS1GP and FSTS on', () => {
    const decode = (cap: bigint, ecap: bigint) => decodeCapabilities(quadOf(cap), quadOf(ecap), null);
    expect(decode(qemuFirstCap, qemuFirstEcap)).toMatchObject({
      scalableMode: true,
      firstStage: true,
      firstStage1G: true,
      firstStage5: false,
      secondStage: false,
      nested: false,
    });
    expect(decode(qemuCap, qemuSecondEcap)).toMatchObject({ scalableMode: true, firstStage: false, secondStage: true });
  });

  for (const [level, size] of [
    [2, 0x200000n],
    [3, 0x40000000n],
  ] as const)
    test(`70 · every address inside a leaf of level ${level} has the same base`, () => {
      const bench = new Bench({ caches: { iotlbEntries: 1, iotlbWays: 1 } }).start();
      bench.map(size, size * 2n, { level });
      for (let part = 0n; part < 512n; part++) {
        const inside = (size / 512n) * part;
        expect(bench.translated(size + inside)).toBe(size * 2n + inside);
        expect(bench.unit.walk.outLo >>> 0).toBe(Number(size * 2n));
      }
    });

  test('71 · rights and marks of a leaf survive writing and decoding', () => {
    const bits = { R: 0, W: 1, PS: 7, A: 8, D: 9, SNP: 11 };
    for (let combination = 0; combination < 64; combination++) {
      const names = Object.keys(bits).filter((_, index) => (combination >> index) & 1);
      const lo = names.reduce((sum, name) => sum | (1 << bits[name as keyof typeof bits]), 0x5000);
      const decoded = decodeFields('leaf', [lo, 0, 0, 0], 'paging-entry-is-leaf');
      expect(decoded.filter(({ meaning }) => meaning === 'set').map(({ name }) => name)).toEqual(names);
      expect(decoded.find(({ name }) => name === 'ADDR')?.value).toBe('0x5');
    }
  });
});

describe('ATS answers', () => {
  const deviceTlb = qemuEcap | (1n << 2n);

  test('181 · a translation request on a mapped page gets its address and its rights', () => {
    const bench = new Bench({ ecap: deviceTlb }).start({ tt: 1n });
    bench.map(0x30000n, 0x5000n, { rights: 1n });
    expect(bench.dma(0x30000n, 'read', requester, access.translationRequest)).toBe(0);
    expect(bench.unit.dma).toMatchObject({ outLo: 0x5000, outPermissions: 1, outLevel: 1 });
  });

  test('119 · no rights granted is an answer without a record', () => {
    const bench = new Bench({ ecap: deviceTlb }).start({ tt: 1n });
    expect(bench.dma(0x30000n, 'read', requester, access.translationRequest)).not.toBe(0);
    expect(bench.record().set).toBe(false);
    expect(bench.get32(register.FSTS)).toBe(0);
  });

  test('183 · a malformed table and a request that is not allowed are faults, with the request’s type', () => {
    const bench = new Bench({ ecap: deviceTlb }).start({ tt: 1n });
    bench.map(0x30000n, 0x5000n, { extra: 1n << 50n });
    expect(bench.dma(0x30000n, 'read', requester, access.translationRequest)).toBe(0x0c);
    expect(bench.record()).toMatchObject({ set: true, reason: 0x0c, addressType: 1 });
    const refused = new Bench().start();
    expect(refused.dma(0x30000n, 'read', requester, access.translationRequest)).toBe(0x0d);
  });

  test('229 · look-ups are hits and misses, and hits and walks are the requests', () => {
    const { unit, driver, domain, reach } = driven();
    driver.map(domain, { ...rights, iova: 0, physical: 2 ** 33, bytes: 64 * 4096 });
    let asked = 0;
    for (let round = 0; round < 3; round++)
      for (let page = 0; page < 64; page++, asked++) expect(reach(page * 4096)).not.toBeNull();
    expect(unit.dma.lookups).toBe(asked);
    // A walk that begins at what the paging-structure caches remember reads one entry, another reads four.
    const { structures } = unit;
    expect(structures.lookups).toBe(asked - unit.dma.hits);
    expect(structures.hits).toBeGreaterThan(0);
    expect(unit.dma.hits + structures.hits + (unit.walk.reads - structures.hits) / 4).toBe(asked);
    expect(unit.contexts.lookups).toBe(asked);
  });
});
