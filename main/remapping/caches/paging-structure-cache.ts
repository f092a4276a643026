import { lowMaskLo } from '../core/quad.ts';
import { secondStageSpace } from './iotlb.ts';

/** Words of an entry: prefix and its upper part with the domain, space, table that the entry leads to, what was granted. */
const stride = 6;
const tagDomain = 1;
const tagSpace = 2;
const tableHi = 3;
const tableLo = 4;
const common = 5;

const lowestLevel = 2;
const highestLevel = 5;

/** Address bits from 3 + 9 * level: what all addresses below one entry of this level share. */
const prefixOf = (level: number, hi: number, lo: number): number => {
  const page = (lo >>> 12) | (hi << 20);
  return level === 5 ? (hi >>> 16) & 0x1ff : level === 4 ? (hi >>> 7) & 0x3ffff : page & ~lowMaskLo((level - 1) * 9);
};
/** The address bits 56:44 that `prefixOf` has no room for, and the domain: never -1, which marks a free entry. */
const domainTag = (level: number, domain: number, hi: number): number =>
  (domain << 13) | (level > 3 ? 0 : (hi >>> 12) & 0x1fff);

/**
 * Paging-structure caches (VT-d 6.2.5 [recall]): entries that lead to tables, by domain, address space and the address
 * bits that choose them, one direct-mapped cache for each level from 2 to 5. An entry has the stamp of memory
 * (PhysicalMemory.writes) at which it was true with everything above it. `find` answers an entry, or -1.
 */
export class PagingStructureCache {
  /** for each level; 0: there is none */
  readonly entries: number;
  private readonly words: Int32Array;
  private readonly stamps: Float64Array;

  /** `entries`: 0 or a power of two. */
  constructor(entries: number) {
    this.entries = entries;
    const all = entries * (highestLevel - lowestLevel + 1);
    this.words = new Int32Array(all * stride);
    this.stamps = new Float64Array(all);
    this.clear();
  }

  private place(level: number, domain: number, space: number, hi: number, lo: number): number {
    const prefix = prefixOf(level, hi, lo);
    const mixed = (level > 3 ? prefix : prefix >>> ((level - 1) * 9)) ^ domain ^ (space >>> 2);
    return (level - lowestLevel) * this.entries + (mixed & (this.entries - 1));
  }

  find(level: number, domain: number, space: number, hi: number, lo: number): number {
    const { words } = this;
    const entry = this.place(level, domain, space, hi, lo);
    const at = entry * stride;
    return words[at] === prefixOf(level, hi, lo) &&
      words[at + tagDomain] === domainTag(level, domain, hi) &&
      words[at + tagSpace] === space
      ? entry
      : -1;
  }

  /** `granted`: bits that this entry and all above it have. */
  keep(
    level: number,
    domain: number,
    space: number,
    hi: number,
    lo: number,
    entryHi: number,
    entryLo: number,
    granted: number,
    stamp: number,
  ): void {
    const { words } = this;
    const entry = this.place(level, domain, space, hi, lo);
    const at = entry * stride;
    words[at] = prefixOf(level, hi, lo);
    words[at + tagDomain] = domainTag(level, domain, hi);
    words[at + tagSpace] = space;
    words[at + tableHi] = entryHi & 0xfffff;
    words[at + tableLo] = entryLo & ~0xfff;
    words[at + common] = granted;
    this.stamps[entry] = stamp;
  }

  tableHiOf(entry: number): number {
    return this.words[entry * stride + tableHi] ?? 0;
  }
  tableLoOf(entry: number): number {
    return this.words[entry * stride + tableLo] ?? 0;
  }
  grantedOf(entry: number): number {
    return this.words[entry * stride + common] ?? 0;
  }
  stampOf(entry: number): number {
    return this.stamps[entry] ?? 0;
  }

  clear(): void {
    for (let at = 0; at < this.words.length; at += stride) this.words[at + tagDomain] = -1;
  }

  dropDomain(domain: number): void {
    this.drop((at) => this.isOf(at, domain));
  }

  /** Second-stage entries of the domain that 2^order pages around the address are reached through. */
  dropPages(domain: number, hi: number, lo: number, order: number): void {
    this.drop(
      (at) =>
        this.isOf(at, domain) && this.words[at + tagSpace] === secondStageSpace && this.touches(at, hi, lo, order),
    );
  }

  /** First-stage entries of an address space; with an order, only those that these pages are reached through. */
  dropSpace(domain: number, pasid: number, hi: number, lo: number, order: number | null): void {
    this.drop((at) => {
      const space = this.words[at + tagSpace] ?? 0;
      if (!this.isOf(at, domain) || space === secondStageSpace || space >>> 2 !== pasid) return false;
      return order === null || this.touches(at, hi & 0x1ffffff, lo, order);
    });
  }

  private isOf(at: number, domain: number): boolean {
    return (this.words[at + tagDomain] ?? -1) >>> 13 === domain;
  }

  private touches(at: number, hi: number, lo: number, order: number): boolean {
    const level = lowestLevel + Math.floor(at / stride / this.entries);
    const below = Math.max(order, level * 9 - 9);
    const held = this.firstPage(at, level);
    const asked = (((hi & 0x1ffffff) >>> 0) * 2 ** 20 + (lo >>> 12)) / 2 ** below;
    return Math.floor(held / 2 ** below) === Math.floor(asked);
  }

  /** Number of the first page (of 45 bits) below an entry. */
  private firstPage(at: number, level: number): number {
    const prefix = (this.words[at] ?? 0) >>> 0;
    if (level > 3) return prefix * 2 ** (9 * level - 9);
    return ((this.words[at + tagDomain] ?? 0) & 0x1fff) * 2 ** 32 + prefix;
  }

  private drop(test: (at: number) => boolean): void {
    for (let at = 0; at < this.words.length; at += stride)
      if (this.words[at + tagDomain] !== -1 && test(at)) this.words[at + tagDomain] = -1;
  }
}
