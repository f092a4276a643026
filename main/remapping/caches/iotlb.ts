import { lowMaskLo } from '../core/quad.ts';

/** Words of one entry: page tag, domain-and-size tag, output, permissions, age. */
const stride = 8;
const tagPage = 0;
const tagSpace = 5;
/** Words of an entry that the hot path reads in place. `granted`: see `grantOf`. */
export const iotlbWord = { tagDomain: 1, outputHi: 2, outputLo: 3, granted: 4 } as const;
/** Permissions in bits 7:0, the level of the page from bit 8. */
export const grantOf = (level: number, permissions: number): number => (level << 8) | permissions;
export const levelOfGrant = (grant: number): number => grant >>> 8;
export const permissionsOfGrant = (grant: number): number => grant & 0xff;
const { tagDomain, outputHi, outputLo, granted } = iotlbWord;

/**
 * Which translation an entry holds, beside its domain: second-stage entries are the domain’s own, first-stage and nested
 * ones belong to an address space in it.
 */
export const secondStageSpace = 0;
export const firstStageSpace = (pasid: number): number => (pasid << 2) | 1;
export const nestedSpace = (pasid: number): number => (pasid << 2) | 3;

/** Bits of the page number below the page of this level: 0, 9 and 18 for 4 KiB, 2 MiB and 1 GiB. */
const pageMask = (level: number): number => lowMaskLo((level - 1) * 9);

/** Level (1–3), address bits 56:44 and the domain in 31 bits: never -1, which marks a free entry. */
const domainTag = (domain: number, hi: number, level: number): number => (domain << 15) | ((hi >>> 12) << 2) | level;

/** Low 32 bits of the page number. */
const pageOf = (hi: number, lo: number): number => (lo >>> 12) | (hi << 20);

/**
 * Translations by domain and page, of the size of the leaf that gave them. Set-associative; the ways of a full set are
 * replaced in turn, which costs nothing where a translation is only used.
 * Two requesters of one domain share its entries (the specification tags by domain, not by requester).
 * `find` answers the entry's offset in `words`, or -1.
 */
export class Iotlb {
  readonly words: Int32Array;
  readonly entries: number;
  private readonly ways: number;
  /** words of one set */
  private readonly span: number;
  private readonly setMask: number;
  /** how many entries of each level there are: levels without any are not looked for */
  private readonly population = new Int32Array(4);
  /** for each set, where the next replacement goes */
  private readonly turns: Int32Array;
  private free: number;

  /** `entries` and `ways`: powers of two; `ways` = `entries` is fully associative. */
  constructor(entries: number, ways: number) {
    this.entries = entries;
    this.ways = Math.min(ways, entries);
    this.span = this.ways * stride;
    this.setMask = entries / this.ways - 1;
    this.words = new Int32Array(entries * stride);
    this.turns = new Int32Array(entries / this.ways);
    this.free = entries;
    this.clear();
  }

  find(domain: number, space: number, hi: number, lo: number): number {
    // Bits above 56 cannot be in the tag; no walk of up to five levels reaches them either.
    if (hi >>> 25 !== 0) return -1;
    const { population } = this;
    const number = pageOf(hi, lo);
    let at = -1;
    if (population[1] !== 0) at = this.probe(domain, space, hi, number, 1);
    if (at < 0 && population[2] !== 0) at = this.probe(domain, space, hi, number & ~0x1ff, 2);
    if (at < 0 && population[3] !== 0) at = this.probe(domain, space, hi, number & ~0x3ffff, 3);
    return at;
  }

  private probe(domain: number, space: number, hi: number, page: number, level: number): number {
    const { words } = this;
    const tag = domainTag(domain, hi, level);
    const first = this.setOf(domain, page, level) * this.span;
    const end = first + this.span;
    for (let at = first; at < end; at += stride) {
      if (words[at] === page && words[at + tagDomain] === tag && words[at + tagSpace] === space) return at;
    }
    return -1;
  }

  private setOf(domain: number, page: number, level: number): number {
    return ((page >>> ((level - 1) * 9)) ^ domain) & this.setMask;
  }

  /**
   * Keeps a translation that `find` has just not found. `outHi`/`outLo`: address of the page. `permissions`: bit 0 read,
   * bit 1 write.
   */
  add(
    domain: number,
    space: number,
    hi: number,
    lo: number,
    level: number,
    outHi: number,
    outLo: number,
    permissions: number,
  ): void {
    if (hi >>> 25 !== 0) return;
    const { words, population, turns } = this;
    const page = pageOf(hi, lo) & ~pageMask(level);
    const set = this.setOf(domain, page, level);
    let victim = this.free > 0 ? this.freeIn(set) : -1;
    if (victim < 0) {
      const turn = turns[set] ?? 0;
      victim = set * this.span + turn;
      turns[set] = (turn + stride) & (this.span - 1);
      const evicted = (words[victim + tagDomain] ?? 0) & 3;
      population[evicted] = (population[evicted] ?? 0) - 1;
    } else this.free--;
    population[level] = (population[level] ?? 0) + 1;
    words[victim + tagPage] = page;
    words[victim + tagDomain] = domainTag(domain, hi, level);
    words[victim + outputHi] = outHi;
    words[victim + outputLo] = outLo;
    words[victim + granted] = grantOf(level, permissions);
    words[victim + tagSpace] = space;
  }

  /** The same where an entry for the page may be there already: it gives way. */
  replace(
    domain: number,
    space: number,
    hi: number,
    lo: number,
    level: number,
    outHi: number,
    outLo: number,
    permissions: number,
  ): void {
    for (let old = this.find(domain, space, hi, lo); old >= 0; old = this.find(domain, space, hi, lo))
      this.release(old);
    this.add(domain, space, hi, lo, level, outHi, outLo, permissions);
  }

  /** A free entry of the set, or -1. */
  private freeIn(set: number): number {
    const first = set * this.span;
    for (let at = first; at < first + this.span; at += stride) if (this.words[at + tagDomain] === -1) return at;
    return -1;
  }

  levelOf(entry: number): number {
    return (this.words[entry + tagDomain] ?? 0) & 3;
  }

  permissionsOf(entry: number): number {
    return permissionsOfGrant(this.words[entry + granted] ?? 0);
  }

  outputHiOf(entry: number): number {
    return this.words[entry + outputHi] ?? 0;
  }

  outputLoOf(entry: number): number {
    return this.words[entry + outputLo] ?? 0;
  }

  private release(at: number): void {
    const held = this.words[at + tagDomain] ?? -1;
    if (held === -1) return;
    const level = held & 3;
    this.population[level] = (this.population[level] ?? 0) - 1;
    this.words[at + tagDomain] = -1;
    this.free++;
  }

  clear(): void {
    this.population.fill(0);
    this.free = this.entries;
    for (let at = 0; at < this.words.length; at += stride) this.words[at + tagDomain] = -1;
  }

  dropDomain(domain: number): void {
    for (let at = 0; at < this.words.length; at += stride) {
      if ((this.words[at + tagDomain] ?? -1) >>> 15 === domain) this.release(at);
    }
  }

  /**
   * Drops every entry of the domain that touches the 2^order pages around the address, naturally aligned: a large page
   * goes whole when any part of it is named. Nested entries of the domain go all: the address names a page of its second
   * stage, and which nested entries went through that page is not kept.
   */
  dropPages(domain: number, hi: number, lo: number, order: number): void {
    for (let at = 0; at < this.words.length; at += stride) {
      const held = this.words[at + tagDomain] ?? -1;
      if (held === -1 || held >>> 15 !== domain) continue;
      const space = this.words[at + tagSpace] ?? 0;
      if ((space & 3) === 3 || (space === secondStageSpace && this.touches(at, hi, lo, order))) this.release(at);
    }
  }

  /** First-stage and nested entries of an address space; with an order, only those that touch these pages. */
  dropSpace(domain: number, pasid: number, hi: number, lo: number, order: number | null): void {
    for (let at = 0; at < this.words.length; at += stride) {
      const held = this.words[at + tagDomain] ?? -1;
      if (held === -1 || held >>> 15 !== domain) continue;
      const space = this.words[at + tagSpace] ?? 0;
      if (space === secondStageSpace || space >>> 2 !== pasid) continue;
      // Addresses of a first stage are kept without the sign bits above 56.
      if (order === null || this.touches(at, hi & 0x1ffffff, lo, order)) this.release(at);
    }
  }

  private touches(at: number, hi: number, lo: number, order: number): boolean {
    const held = this.words[at + tagDomain] ?? 0;
    const ignored = Math.max(order, ((held & 3) - 1) * 9);
    const upperIgnored = Math.max(0, ignored - 32);
    const sameUpper = ((held >>> 2) & 0x1fff) >>> upperIgnored === (hi >>> 12) >>> upperIgnored;
    return sameUpper && (((this.words[at] ?? 0) ^ pageOf(hi, lo)) & ~lowMaskLo(ignored)) === 0;
  }

  /** Number of entries in use. */
  get used(): number {
    return this.population.reduce((sum, count) => sum + count, 0);
  }
}
