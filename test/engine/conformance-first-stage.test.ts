import { describe, expect, test } from 'vitest';
import { access } from '../../main/remapping/access.ts';
import { memoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import { requester } from './kit/bench.ts';
import {
  A,
  D,
  firstTop,
  fullCap,
  FW,
  P,
  pgtt,
  qemuFirstCap,
  qemuFirstEcap,
  ScalableBench,
  secondTop,
  U,
  user,
} from './kit/scalable-bench.ts';

const NXE = 1n << 5n;
const WPE = 1n << 4n;
const SMEP = 1n << 6n;
const SRE = 1n;
const ERE = 2n;
const five = 1n << 2n;
const PASIDE = 1n << 3n;

const first = (quad2 = 0n): ScalableBench =>
  new ScalableBench().begin({ stage: pgtt.first, context: PASIDE, entry: [0n, 0n, quad2] });

function deny(bench: ScalableBench, from: bigint, to = from, writesOnly = false): void {
  bench.unit.memory.inject = (hi, lo, write) => {
    const at = (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
    return at >= from && at <= to && (write || !writesOnly) ? memoryStatus.denied : memoryStatus.ok;
  };
}

describe('first stage', () => {
  test('75 · PGTT 1 goes through the first stage, with the capabilities that QEMU reports', () => {
    const bench = new ScalableBench({ cap: qemuFirstCap, ecap: qemuFirstEcap }).begin({ stage: pgtt.first });
    bench.mapFirst(0x7fff_1234_5000n, 0x5000n);
    expect(bench.reached(0x7fff_1234_5678n, { kind: 'write' })).toBe(0x5678n);
    expect(bench.reached(0x7fff_1234_5678n)).toBe(0x5678n);
    expect(bench.unit.dma.hits).toBe(1);
  });

  test('paging structures: an edit above a first-stage leaf needs an invalidation of the page without the hint', () => {
    const bench = first();
    bench.mapFirst(0x30000n, 0x5000n, user | A | D);
    bench.write(0x60000n + 0x30n * 8n, 0x6000n | user | A | D);
    const reached = (): bigint => bench.reached(0x30000n);
    expect(reached()).toBe(0x5000n);
    bench.write(bench.slot(firstTop, 0x30000n, 2, user), 0x60000n | user | A);
    const invalidate = (leafOnly: boolean): void =>
      bench.unit.invalidation.spaceTranslations(5, 0, 0, 0x30000, 0, leafOnly, null);
    invalidate(true);
    expect(reached()).toBe(0x5000n);
    invalidate(false);
    expect(reached()).toBe(0x6000n);
  });

  test('86 · an address that is not canonical → 80, cached or not; the upper half is', () => {
    const bench = first();
    for (const address of [1n << 47n, 0xffff_0000_0000_0000n, 1n << 63n]) expect(bench.ask(address)).toBe(0x80);
    bench.mapFirst(0xffff_ffff_ffff_f000n, 0x5000n);
    expect(bench.reached(0xffff_ffff_ffff_f123n)).toBe(0x5123n);
    expect(bench.reached(0xffff_ffff_ffff_f123n)).toBe(0x5123n);
    expect(bench.ask(0x00ff_ffff_ffff_f123n)).toBe(0x80);
  });

  test('87 · not present → 71 at any level', () => {
    for (const level of [1, 2, 3, 4]) {
      const bench = first();
      bench.mapFirst(0x30000n, 0x5000n);
      bench.write(bench.slot(firstTop, 0x30000n, level, user), 0x5000n | FW | U);
      expect(bench.ask(0x30000n)).toBe(0x71);
    }
  });

  test('88 · U/S 0 on a user request → 81, at any level; a supervisor may', () => {
    for (const level of [1, 2, 3, 4]) {
      const bench = first(SRE);
      bench.mapFirst(0x30000n, 0x5000n);
      const slot = bench.slot(firstTop, 0x30000n, level, user);
      bench.write(slot, bench.read(slot) & ~U);
      expect(bench.ask(0x30000n)).toBe(0x81);
      expect(bench.ask(0x30000n, { pasid: 0 })).toBe(0x81);
      expect(bench.reached(0x30000n, { pasid: 0, extra: access.privileged })).toBe(0x5000n);
      // What a supervisor brought into the IOTLB is no use to a user.
      bench.clearRecord();
      expect(bench.ask(0x30000n, { pasid: 0 })).toBe(0x81);
    }
  });

  test('89 · R/W 0 on a write → 85, also from a cached entry; a supervisor may unless WPE', () => {
    const bench = first(SRE);
    bench.mapFirst(0x30000n, 0x5000n, P | U);
    expect(bench.reached(0x30000n, { pasid: 0 })).toBe(0x5000n);
    expect(bench.ask(0x30000n, { kind: 'write', pasid: 0 })).toBe(0x85);
    expect(bench.record()).toMatchObject({ reason: 0x85, set: true, read: false, info: 0x30000n });
    expect(bench.ask(0x30000n, { kind: 'write', pasid: 0, extra: access.privileged })).toBe(0);
    const guarded = first(SRE | WPE);
    guarded.mapFirst(0x30000n, 0x5000n, P | U);
    expect(guarded.ask(0x30000n, { kind: 'write', pasid: 0, extra: access.privileged })).toBe(0x85);
  });

  test('90 · XD with NXE on an execute request → 82; with NXE 0 it is reserved → 72', () => {
    const xd = user | (1n << 63n);
    const bench = first(ERE | NXE);
    bench.mapFirst(0x30000n, 0x5000n, xd);
    expect(bench.ask(0x30000n, { pasid: 0, extra: access.execute })).toBe(0x82);
    expect(bench.ask(0x30000n, { pasid: 0 })).toBe(0);
    const reserved = first(ERE);
    reserved.mapFirst(0x30000n, 0x5000n, xd);
    expect(reserved.ask(0x30000n, { pasid: 0 })).toBe(0x72);
  });

  test('90 · SMEP: a supervisor does not execute user pages [recall]', () => {
    const bench = first(SRE | ERE | SMEP);
    bench.mapFirst(0x30000n, 0x5000n);
    const extra = access.privileged | access.execute;
    expect(bench.ask(0x30000n, { pasid: 0, extra })).toBe(0x81);
    bench.mapFirst(0x31000n, 0x5000n, P | FW);
    expect(bench.ask(0x31000n, { pasid: 0, extra })).toBe(0);
  });

  test('91 · reserved: address beyond the host width, bit 7 at the top, address bits inside a large page → 72', () => {
    const wide = first();
    wide.mapFirst(0x30000n, 0x5000n, user | (1n << 48n));
    expect(wide.ask(0x30000n)).toBe(0x72);
    const top = first();
    top.mapFirst(0x30000n, 0x5000n);
    top.write(firstTop, top.read(firstTop) | 0x80n);
    expect(top.ask(0x30000n)).toBe(0x72);
    for (const level of [2, 3]) {
      const large = first();
      large.mapFirst(0x4000_0000n, 0x4000_0000n, user | (1n << 13n), level);
      expect(large.ask(0x4000_0000n)).toBe(0x72);
    }
    const ignored = first();
    ignored.mapFirst(0x30000n, 0x5000n, user | (0x7ffn << 52n));
    expect(ignored.ask(0x30000n)).toBe(0);
  });

  test('92 · the top table unreadable → 73, a lower one → 70', () => {
    const bench = first();
    bench.mapFirst(0x30000n, 0x5000n);
    const lower = [1, 2, 3].map((level) => bench.slot(firstTop, 0x30000n, level, user));
    deny(bench, firstTop);
    expect(bench.ask(0x30000n)).toBe(0x73);
    for (const slot of lower) {
      deny(bench, slot);
      expect(bench.ask(0x30000n)).toBe(0x70);
    }
  });

  test('93 · A at every level visited, D at the leaf of a write only', () => {
    const bench = first();
    bench.mapFirst(0x30000n, 0x5000n);
    const slots = [4, 3, 2, 1].map((level) => bench.slot(firstTop, 0x30000n, level, user));
    bench.reached(0x30000n);
    expect(slots.map((slot) => bench.read(slot) & (A | D))).toEqual([A, A, A, A]);
    bench.reached(0x30000n, { kind: 'write' });
    expect(slots.map((slot) => bench.read(slot) & (A | D))).toEqual([A, A, A, A | D]);
  });

  test('93 · EAFE sets EA too', () => {
    const bench = first(1n << 7n);
    bench.mapFirst(0x30000n, 0x5000n);
    bench.reached(0x30000n);
    expect(bench.read(bench.slot(firstTop, 0x30000n, 1, user)) & 0x400n).toBe(0x400n);
  });

  test('94 · A or D cannot be written → 91, and nothing is cached', () => {
    const bench = first();
    bench.mapFirst(0x30000n, 0x5000n);
    deny(bench, 0n, 0xffffffn, true);
    expect(bench.ask(0x30000n)).toBe(0x91);
    bench.unit.memory.inject = null;
    expect(bench.reached(0x30000n)).toBe(0x5000n);
    expect(bench.unit.dma.hits).toBe(0);
  });

  test('95 · 2M and 1G leaves keep the offset, bit 12 is PAT; 1G needs FS1GP', () => {
    const bench = first();
    bench.mapFirst(0x4020_0000n, 0x20_0000n, user | (1n << 12n), 2);
    expect(bench.reached(0x4021_2345n)).toBe(0x21_2345n);
    expect(bench.unit.dma.outLevel).toBe(2);
    const gib = first();
    gib.mapFirst(0x8000_0000n, 0x4000_0000n, user, 3);
    expect(gib.reached(0x8765_4321n)).toBe(0x4765_4321n);
    const without = new ScalableBench({ cap: fullCap & ~(1n << 56n) }).begin({ stage: pgtt.first });
    without.mapFirst(0x8000_0000n, 0x4000_0000n, user, 3);
    expect(without.ask(0x8765_4321n)).toBe(0x72);
  });

  test('96 · five levels: 57 bits are canonical, and FS5LP is needed', () => {
    const bench = first(five);
    bench.mapFirst(0x0080_0000_0000_0000n, 0x5000n, user, 1, 5);
    expect(bench.reached(0x0080_0000_0000_0123n)).toBe(0x5123n);
    expect(bench.ask(0x0100_0000_0000_0000n)).toBe(0x80);
  });
});

describe('nested translation', () => {
  /** Guest memory is host memory plus nothing, but for the page that the request wants. */
  function nested(entry: readonly [bigint, bigint, bigint] = [0n, 0n, 0n]): ScalableBench {
    const bench = new ScalableBench().begin({ stage: pgtt.nested, entry });
    for (let page = 0x10000n; page < 0x60000n; page += 0x1000n) bench.mapSecond(page, page);
    return bench;
  }

  test('76 · PGTT 3: the host address is the second stage of the first stage', () => {
    const bench = nested();
    bench.mapFirst(0x7000_0000n, 0x9000n);
    bench.mapSecond(0x9000n, 0x5000n);
    expect(bench.reached(0x7000_0abcn, { kind: 'write' })).toBe(0x5abcn);
    expect(bench.reached(0x7000_0abcn)).toBe(0x5abcn);
    expect(bench.unit.dma.hits).toBe(1);
  });

  test('76 · the smaller of the two pages is what is kept', () => {
    const bench = nested();
    bench.mapFirst(0x4000_0000n, 0x20_0000n, user, 2);
    bench.mapSecond(0x20_3000n, 0x5000n);
    bench.mapSecond(0x20_4000n, 0x8000n);
    expect(bench.reached(0x4000_3010n)).toBe(0x5010n);
    expect(bench.unit.dma.outLevel).toBe(1);
    expect(bench.reached(0x4000_4010n)).toBe(0x8010n);
    bench.mapSecond(0x4000_0000n, 0x4000_0000n, 3n, 3);
    bench.mapFirst(0x7000_0000n, 0x4567_8000n);
    expect(bench.reached(0x7000_0123n)).toBe(0x4567_8123n);
    expect(bench.reached(0x7000_0456n)).toBe(0x4567_8456n);
  });

  test('97 · a first-stage table that the second stage does not map → 79, with its guest page', () => {
    const bench = nested();
    bench.mapFirst(0x7000_0000n, 0x9000n);
    bench.write(bench.slot(firstTop, 0x7000_0000n, 3, user), 0x70_0000n | user);
    expect(bench.ask(0x7000_0000n)).toBe(0x79);
    expect(bench.record()).toMatchObject({ reason: 0x79, info: 0x70_0000n, source: requester });
  });

  test('97 · the page itself not mapped in the second stage → 79, with the page of the request', () => {
    const bench = nested();
    bench.mapFirst(0x7000_0000n, 0x9000n);
    expect(bench.ask(0x7000_0000n)).toBe(0x79);
    expect(bench.record()).toMatchObject({ reason: 0x79, info: 0x7000_0000n });
  });

  test('98 · A cannot be set where the second stage is read-only → 77', () => {
    const bench = nested();
    bench.mapFirst(0x7000_0000n, 0x9000n);
    bench.mapSecond(0x9000n, 0x5000n);
    bench.mapSecond(firstTop, firstTop, 1n);
    expect(bench.ask(0x7000_0000n)).toBe(0x77);
    bench.write(firstTop, bench.read(firstTop) | A);
    expect(bench.ask(0x7000_0000n)).toBe(0);
  });

  test('99 · a first-stage table beyond what the second stage can describe → 74', () => {
    const bench = nested();
    bench.write(firstTop, (1n << 50n) | user);
    expect(bench.ask(0x7000_0000n)).toBe(0x74);
  });

  test('62 · SSADE also marks the second stage under the first-stage tables', () => {
    const bench = nested([1n << 9n, 0n, 0n]);
    bench.mapFirst(0x7000_0000n, 0x9000n);
    bench.mapSecond(0x9000n, 0x5000n);
    bench.reached(0x7000_0000n, { kind: 'write' });
    expect(bench.read(bench.slot(secondTop, 0x9000n, 1, 3n)) & 0x300n).toBe(0x300n);
    expect(bench.read(bench.slot(secondTop, firstTop, 1, 3n)) & 0x300n).toBe(0x300n);
  });
});

describe('every structure access of scalable mode can fail', () => {
  test('a nested walk: each access refused in turn gives a fault, and the next request is as if nothing had been', () => {
    const prepare = (): ScalableBench => {
      const bench = new ScalableBench().begin({ stage: pgtt.nested });
      for (let page = 0x10000n; page < 0x60000n; page += 0x1000n) bench.mapSecond(page, page);
      bench.mapFirst(0x7000_0000n, 0x9000n);
      bench.mapSecond(0x9000n, 0x5000n);
      return bench;
    };
    const counted = prepare();
    let count = 0;
    counted.unit.memory.inject = () => {
      count++;
      return memoryStatus.ok;
    };
    counted.reached(0x7000_0000n);
    // Root half, context 4, directory, entry 8; four tables of 4 + 1 reads and a mark each; 4 for the page.
    expect(count).toBe(1 + 4 + 1 + 8 + 4 * (4 + 1 + 1) + 4);
    for (let n = 0; n < count; n++) {
      const bench = prepare();
      let seen = 0;
      bench.unit.memory.inject = () => (seen++ === n ? memoryStatus.denied : memoryStatus.ok);
      const reason = bench.ask(0x7000_0000n);
      expect(reason).toBeGreaterThan(0);
      expect(bench.record()).toMatchObject({ set: true, reason });
      bench.unit.memory.inject = null;
      expect(bench.reached(0x7000_0000n)).toBe(0x5000n);
    }
  });
});
