import { quadOf } from '../../main/remapping/core/quad.ts';
import { PhysicalMemory } from '../../main/remapping/memory/physical-memory.ts';
import type { Domain } from '../../main/remapping/platform/vtd-driver.ts';
import { VtdDriver } from '../../main/remapping/platform/vtd-driver.ts';
import { decodeCapabilities } from '../../main/remapping/vtd/capabilities.ts';
import { global, register } from '../../main/remapping/vtd/registers.ts';
import { defaultCaches, VtdUnit } from '../../main/remapping/vtd/unit.ts';

export const source = 0x0100;
/** Tables of every unit lie below this, so that a bare loop can have them in one array. */
export const tableBytes = 16 * 2 ** 20;
/** Where page n of a domain leads: not in order, so that a loop cannot guess. */
export const targetOf = (page: number): number => 2 ** 30 + ((page * 37) % 65_536) * 4096;
export const nestedPages = 4096;
export const interruptMessage = (index: number): number => (0xfee00010 + index * 32) | 0;
export const interruptTable = 0x10000;
/** Scalable-mode tables of the nested unit; the guest’s memory is the host’s, page by page. */
export const nestedTables = { second: 0x100000, first: 0x800000 } as const;

const plain = decodeCapabilities(quadOf(0x80d2008c222f0606n), quadOf(0xf00f4an), null);
const nestedCapabilities = decodeCapabilities(
  quadOf(0x81d2008c222f0606n),
  quadOf(0xf00f4an | (1n << 26n) | (1n << 43n) | (1n << 46n) | (1n << 47n)),
  null,
);

/** The bare loops have no paging-structure caches, so a walk is a walk of all levels here. */
const caches = { ...defaultCaches, pagingEntries: 0 };

/** Legacy mode, four levels, 4 KiB pages from address 0, all in the first 2 GiB of host memory. */
export function legacyUnit(pages: number): { unit: VtdUnit; domain: Domain } {
  const unit = new VtdUnit(plain, new PhysicalMemory(2 ** 31), caches);
  const driver = new VtdDriver(unit, 2 ** 20);
  const domain = driver.createDomain(4);
  driver.attach(source, domain);
  for (let page = 0; page < pages; page++)
    driver.map(domain, {
      iova: page * 4096,
      physical: targetOf(page),
      bytes: 4096,
      read: true,
      write: true,
      largestLevel: 1,
    });
  return { unit, domain };
}

/** 32 entries, each with the vector 32 + index. */
export function interruptUnit(): VtdUnit {
  const unit = new VtdUnit(plain, new PhysicalMemory(2 ** 31), caches);
  for (let index = 0; index < 32; index++) {
    unit.memory.writeQuad(0, interruptTable + index * 16, 1 << 8, ((32 + index) << 16) | 1);
    unit.memory.writeQuad(0, interruptTable + index * 16 + 8, 0, source | (1 << 18));
  }
  unit.writeRegister(register.IRTA, interruptTable | 7);
  unit.writeRegister(register.GCMD, global.interruptTable);
  unit.writeRegister(register.GCMD, global.interrupts);
  return unit;
}

/** Four levels over four: 24 reads for a page that nothing remembers. */
export function nestedUnit(): VtdUnit {
  const unit = new VtdUnit(nestedCapabilities, new PhysicalMemory(2 ** 31), caches);
  const store = (address: number, value: number): void => void unit.memory.writeQuad(0, address, 0, value | 0);
  store(0x1000, 0x2001);
  store(0x1010, 0x2001);
  store(0x2000, 0x3001);
  store(0x3000, 0x4001);
  store(0x4000, nestedTables.second | (2 << 2) | (3 << 6) | 1);
  store(0x4008, 5);
  store(0x4010, nestedTables.first);
  identity(store);
  // First stage: accessed and dirty are set already, so that the walk only reads.
  const marked = 0x67;
  store(nestedTables.first, (nestedTables.first + 0x1000) | marked);
  store(nestedTables.first + 0x1000, (nestedTables.first + 0x2000) | marked);
  for (let table = 0; table < nestedPages / 512; table++) {
    const leaves = nestedTables.first + 0x3000 + table * 0x1000;
    store(nestedTables.first + 0x2000 + table * 8, leaves | marked);
    for (let page = 0; page < 512; page++) store(leaves + page * 8, targetOf(table * 512 + page) | marked);
  }
  unit.writeRegister(register.RTADDR, 0x1400);
  unit.writeRegister(register.GCMD, global.rootTable);
  unit.writeRegister(register.GCMD, global.translation);
  return unit;
}

/** Second stage: the first 2 GiB as they are, in 4 KiB pages below 16 MiB and where the targets lie. */
function identity(store: (address: number, value: number) => void): void {
  const { second } = nestedTables;
  store(second, (second + 0x1000) | 3);
  for (let gib = 0; gib < 2; gib++) store(second + 0x1000 + gib * 8, (second + 0x2000 + gib * 0x1000) | 3);
  let next = second + 0x4000;
  for (let part = 0; part < 1024; part++) {
    if (part >= tableBytes / 2 ** 21 && (part < 512 || part >= 640)) continue;
    store(second + 0x2000 + part * 8, next | 3);
    for (let page = 0; page < 512; page++) store(next + page * 8, (part * 2 ** 21 + page * 4096) | 3);
    next += 0x1000;
  }
}

/** The tables as one array of words, indexed by address / 4. */
export function words(unit: VtdUnit): Int32Array {
  const copy = new Int32Array(tableBytes / 4);
  for (let word = 0; word < copy.length; word += 2) {
    unit.memory.readQuad(0, word * 4);
    copy[word] = unit.memory.outLo;
    copy[word + 1] = unit.memory.outHi;
  }
  return copy;
}
