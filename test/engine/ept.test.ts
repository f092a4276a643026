import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { access, noPasid } from '../../main/remapping/access.ts';
import { walkBoth } from '../../main/remapping/ept/both-walks.ts';
import { EptTables } from '../../main/remapping/ept/ept-tables.ts';
import { EptWalk } from '../../main/remapping/ept/ept-walk.ts';
import type { EptResult } from '../../main/remapping/ept/ept-walk.ts';
import { experimentUnit } from '../../main/remapping/experiments/experiment-unit.ts';
import { eptBit, eptRights, isMisconfigured, memoryTypes } from '../../main/remapping/formats/ept.ts';
import type { EptCapabilities } from '../../main/remapping/formats/ept.ts';
import { memoryStatus, PhysicalMemory } from '../../main/remapping/memory/physical-memory.ts';

const capabilities: EptCapabilities = {
  hostWidth: 46,
  executeOnly: true,
  pages2M: true,
  pages1G: true,
  accessedDirty: true,
};
const gib = 2 ** 30;
const mib = 2 ** 20;
const high = (address: number): number => Math.floor(address / 2 ** 32) | 0;
const addressOf = ({ hi, lo }: { hi: number; lo: number }): number => (hi >>> 0) * 2 ** 32 + (lo >>> 0);

function guest(rights: number = eptRights, largestLevel: 1 | 2 | 3 = 1) {
  const memory = new PhysicalMemory(8 * gib);
  const tables = new EptTables(memory, 4 * gib);
  tables.map({ guest: 0, host: gib, bytes: gib, rights, memoryType: 'WB', largestLevel });
  const walk = new EptWalk(memory, capabilities, tables.pointer);
  return {
    memory,
    tables,
    walk,
    at: (address: number, wanted: number = eptBit.read): EptResult => walk.walk(high(address), address | 0, wanted),
  };
}

describe('a walk', () => {
  test.each([1, 2, 3] as const)('ends at a leaf of level %i after as many reads as are left', (level) => {
    const { at, walk } = guest(eptRights, level);
    const result = at(5 * mib + 0x123);
    expect(result).toMatchObject({ kind: 'translated', level, memoryType: 'WB', ignoreGuestType: false });
    if (result.kind === 'translated') expect(addressOf(result)).toBe(gib + 5 * mib + 0x123);
    expect(walk.steps).toHaveLength(5 - level);
  });

  test('of an address that is not mapped, or beyond the tables, is a violation', () => {
    const { at } = guest();
    expect(at(2 * gib)).toMatchObject({ kind: 'violation', rights: 0 });
    expect(at(2 ** 48)).toMatchObject({ kind: 'violation', level: 4, rights: 0 });
  });

  test.each([
    ['write', eptBit.read, eptBit.write],
    ['execute', eptBit.read | eptBit.write, eptBit.execute],
    ['read', eptBit.execute, eptBit.read],
  ])('that lacks the right to %s is a violation and tells the rights', (_name, rights, wanted) => {
    const { at } = guest(rights);
    expect(at(0, wanted)).toEqual({ kind: 'violation', level: 1, rights });
    expect(at(0, rights)).toMatchObject({ kind: 'translated', rights });
  });

  test('sets A on the way and D at the leaf of a write only', () => {
    const { at, walk, memory, tables } = guest();
    const bits = (address: number, level: number): number => {
      const entry = tables.entryFor(address, level);
      memory.readQuad(high(entry), entry | 0);
      return memory.outLo & (eptBit.accessed | eptBit.dirty);
    };
    expect(bits(0, 1)).toBe(0);
    at(0);
    expect([4, 3, 2, 1].map((level) => bits(0, level))).toEqual(Array(4).fill(eptBit.accessed));
    at(0, eptBit.write);
    expect(bits(0, 1)).toBe(eptBit.accessed | eptBit.dirty);
    expect(bits(0, 2)).toBe(eptBit.accessed);
    expect(bits(4096, 1)).toBe(0);
    expect(walk.steps).toHaveLength(4);
  });

  test('that cannot read the n-th entry says so, for each n', () => {
    for (let failing = 0; failing < 4; failing++) {
      const { at, memory } = guest();
      let reads = 0;
      memory.inject = (_hi, _lo, write) => (!write && reads++ === failing ? memoryStatus.poisoned : memoryStatus.ok);
      expect(at(0)).toEqual({ kind: 'memory-error', level: 4 - failing });
    }
  });

  test('that cannot mark an entry says so', () => {
    const { at, memory } = guest();
    memory.inject = (_hi, _lo, write) => (write ? memoryStatus.denied : memoryStatus.ok);
    expect(at(0)).toMatchObject({ kind: 'memory-error' });
  });
});

describe('an entry that means nothing', () => {
  const leaf = (lo: number, hi = 0): boolean => isMisconfigured(hi, lo, 1, capabilities);
  test.each([
    ['written but not read', eptBit.write | (6 << 3), true],
    ['written and executed but not read', eptBit.write | eptBit.execute | (6 << 3), true],
    ['executed only, where the processor can', eptBit.execute | (6 << 3), false],
    ['absent, whatever else it says', 0x7f8, false],
  ])('%s', (_name, lo, wrong) => {
    expect(leaf(lo)).toBe(wrong);
  });

  test('executed only, where the processor cannot', () => {
    expect(isMisconfigured(0, eptBit.execute | (6 << 3), 1, { ...capabilities, executeOnly: false })).toBe(true);
  });

  test('a reserved memory type, and no other', () => {
    for (const [encoding, type] of memoryTypes.entries()) expect(leaf(eptRights | (encoding << 3))).toBe(type === null);
  });

  test('an address bit that the processor does not have', () => {
    expect(leaf(eptRights | (6 << 3), 1 << 13)).toBe(false);
    expect(leaf(eptRights | (6 << 3), 1 << 14)).toBe(true);
  });

  test('large pages that are not offered or not aligned, and types in tables', () => {
    const large = eptRights | eptBit.large | (6 << 3);
    expect(isMisconfigured(0, large, 2, capabilities)).toBe(false);
    expect(isMisconfigured(0, large, 2, { ...capabilities, pages2M: false })).toBe(true);
    expect(isMisconfigured(0, large, 3, { ...capabilities, pages1G: false })).toBe(true);
    expect(isMisconfigured(0, large, 4, capabilities)).toBe(true);
    expect(isMisconfigured(0, large | 0x1000, 2, capabilities)).toBe(true);
    expect(isMisconfigured(0, eptRights | (6 << 3), 2, capabilities)).toBe(true);
  });

  test('stops the walk at its level, before rights are judged', () => {
    const { at, memory, tables } = guest();
    const entry = tables.entryFor(0, 2);
    memory.readQuad(high(entry), entry | 0);
    memory.writeQuad(high(entry), entry | 0, memory.outHi, (memory.outLo & ~eptRights) | eptBit.write);
    expect(at(0, eptRights)).toEqual({ kind: 'misconfiguration', level: 2 });
  });
});

describe('beside the second stage of the IOMMU', () => {
  const requester = 0x0100;
  function both(level: 1 | 2) {
    const driver = experimentUnit(64, 64);
    const domain = driver.createDomain(4);
    const bytes = 64 * mib;
    driver.map(domain, { iova: 0, physical: gib, bytes, read: true, write: true, largestLevel: level });
    driver.attach(requester, domain);
    const tables = new EptTables(driver.unit.memory, 12 * gib);
    tables.map({ guest: 0, host: gib, bytes, rights: eptRights, memoryType: 'WB', largestLevel: level });
    const walk = new EptWalk(driver.unit.memory, capabilities, tables.pointer);
    const device = (address: number): number | null => {
      const { unit } = driver;
      const reason = unit.translate(requester, noPasid, high(address), address | 0, access.read);
      return reason === 0 ? addressOf({ hi: unit.dma.outHi, lo: unit.dma.outLo }) : null;
    };
    const processor = (address: number): number | null => {
      const result = walk.walk(high(address), address | 0, eptBit.read);
      return result.kind === 'translated' ? addressOf(result) : null;
    };
    return { driver, domain, tables, device, processor, walk };
  }

  test.each([1, 2] as const)(
    'leaves of level %i: device and processor reach the same memory, and end together',
    (level) => {
      const { device, processor } = both(level);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 96 * mib }), (address) => {
          const expected = address < 64 * mib ? gib + address : null;
          expect(processor(address)).toBe(expected);
          expect(device(address)).toBe(expected);
        }),
      );
    },
  );

  test('step by step: the same levels and indexes, from tables of their own', () => {
    const { driver, walk } = both(1);
    const { processor, device, agree } = walkBoth(walk, driver.unit, requester, 0, 0x5123, false);
    expect(agree).toBe(true);
    const places = (steps: readonly { level: number; atLo: number }[]) =>
      steps.map(({ level, atLo }) => [level, atLo & 0xfff]);
    expect(places(device.steps)).toEqual(places(processor.steps));
    expect(places(device.steps).map(([level]) => level)).toEqual([4, 3, 2, 1]);
    for (const [index, step] of device.steps.entries()) {
      const other = processor.steps[index];
      expect([step.atHi, step.atLo & ~0xfff]).not.toEqual([other?.atHi, (other?.atLo ?? 0) & ~0xfff]);
    }
    const again = walkBoth(walk, driver.unit, requester, 0, 0x5123, false);
    expect([again.device.steps.length, again.processor.steps.length]).toEqual([0, 4]);
  });

  test('and they disagree where only one of the two was told', () => {
    const { driver, tables, walk } = both(1);
    const entry = tables.entryFor(0x5000, 1);
    driver.unit.memory.writeQuad(high(entry), entry | 0, 0, 0);
    const { processor, device, agree } = walkBoth(walk, driver.unit, requester, 0, 0x5000, true);
    expect(processor.result).toMatchObject({ kind: 'violation', level: 1 });
    expect(device.reason).toBe(0);
    expect(agree).toBe(false);
    const beyond = walkBoth(walk, driver.unit, requester, 0, 65 * mib, true);
    expect(beyond.device.reason).not.toBe(0);
    expect(beyond.agree).toBe(true);
  });

  test('a page that only the hypervisor’s tables lost is still the device’s: both must be told', () => {
    const { driver, domain, tables, device, processor } = both(1);
    const memory = driver.unit.memory;
    const entry = tables.entryFor(0x5000, 1);
    memory.writeQuad(high(entry), entry | 0, 0, 0);
    expect(processor(0x5000)).toBeNull();
    expect(device(0x5000)).toBe(gib + 0x5000);
    driver.unmap(domain, 0x5000, 4096);
    expect(device(0x5000)).toBeNull();
  });
});
