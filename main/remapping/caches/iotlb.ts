import { lowMaskLo } from '../core/quad.ts';

/** Words of one entry: page tag, domain-and-size tag, space, output, address bits inside the page; whose turn it is in the set. */
const strideBits = 3;
const stride = 1 << strideBits;
const tagDomain = 1;
const tagSpace = 2;
const turn = 6;
/** Words of an entry that the hot path reads in place. `answer`: bits 51:32 of the output in 19:0, above them the grant. */
export const iotlbWord = { outputLo: 3, answer: 4, insideMask: 5 } as const;
const { outputLo, answer, insideMask } = iotlbWord;
const grantShift = 20;
const outputHiBits = (1 << grantShift) - 1;

/** Permissions in bits 3:0, the level of the page in 5:4: never 0. */
export const grantOf = (level: number, permissions: number): number => (level << 4) | permissions;
export const levelOfGrant = (grant: number): number => grant >>> 4;
export const permissionsOfGrant = (grant: number): number => grant & 0xf;
export const grantOfAnswer = (word: number): number => word >>> grantShift;
export const outputHiOfAnswer = (word: number): number => word & outputHiBits;

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
  /** words of one set, a power of two like the ways */
  private readonly span: number;
  private readonly spanBits: number;
  private readonly setMask: number;
  /** how many entries of each level there are: large pages are not looked for where there are none */
  private readonly population = new Int32Array(4);
  private largePages = 0;
  private free: number;
  /** what `find` has just looked for in pages of 4 KiB, and the first entry of its set */
  private missedPage = 0;
  private missedTag = 0;
  private missedAt = 0;

  /** `entries` and `ways`: powers of two; `ways` = `entries` is fully associative. */
  constructor(entries: number, ways: number) {
    this.entries = entries;
    this.ways = Math.min(ways, entries);
    this.span = this.ways * stride;
    this.spanBits = strideBits + Math.log2(this.ways);
    this.setMask = entries / this.ways - 1;
    this.words = new Int32Array(entries * stride);
    this.free = entries;
    this.clear();
  }

  find(domain: number, space: number, hi: number, lo: number): number {
    // Bits above 56 cannot be in the tag; no walk of up to five levels reaches them either.
    if (hi >>> 25 !== 0) return -1;
    const { words } = this;
    const page = pageOf(hi, lo);
    const tag = domainTag(domain, hi, 1);
    const first = ((page ^ domain) & this.setMask) << this.spanBits;
    const end = first + this.span;
    for (let at = first; at < end; at += stride)
      if (words[at] === page && words[at + tagDomain] === tag && words[at + tagSpace] === space) return at;
    this.missedPage = page;
    this.missedTag = tag;
    this.missedAt = first;
    return this.largePages === 0 ? -1 : this.findLarge(domain, space, hi, page);
  }

  private findLarge(domain: number, space: number, hi: number, number: number): number {
    const { population } = this;
    const at = population[2] === 0 ? -1 : this.probe(domain, space, hi, number & ~0x1ff, 2);
    return at >= 0 || population[3] === 0 ? at : this.probe(domain, space, hi, number & ~0x3ffff, 3);
  }

  private probe(domain: number, space: number, hi: number, page: number, level: number): number {
    const { words } = this;
    const tag = domainTag(domain, hi, level);
    const first = this.setOf(domain, page, level) << this.spanBits;
    const end = first + this.span;
    for (let at = first; at < end; at += stride)
      if (words[at] === page && words[at + tagDomain] === tag && words[at + tagSpace] === space) return at;
    return -1;
  }

  private setOf(domain: number, page: number, level: number): number {
    return ((page >>> ((level - 1) * 9)) ^ domain) & this.setMask;
  }

  private count(level: number, change: 1 | -1): void {
    this.population[level] = (this.population[level] ?? 0) + change;
    if (level > 1) this.largePages += change;
  }

  /**
   * Keeps a translation that `find` has just not found. `grant`: see `grantOf`; of its permissions bit 0 is read,
   * bit 1 write, and two are the caller’s. `outHi`/`outLo`: address of the page.
   */
  add(domain: number, space: number, hi: number, lo: number, grant: number, outHi: number, outLo: number): void {
    if (hi >>> 25 !== 0) return;
    const { words } = this;
    const level = levelOfGrant(grant);
    const page = level === 1 ? pageOf(hi, lo) : pageOf(hi, lo) & ~pageMask(level);
    const set = level === 1 ? (page ^ domain) & this.setMask : this.setOf(domain, page, level);
    const at = this.room(set << this.spanBits, level);
    words[at] = page;
    words[at + tagDomain] = domainTag(domain, hi, level);
    words[at + tagSpace] = space;
    words[at + outputLo] = outLo;
    words[at + answer] = outHi | (grant << grantShift);
  }

  /** `add` of the very page that `find` has just not found, where it is one of 4 KiB: the tags are there still. */
  addMissed(space: number, grant: number, outHi: number, outLo: number): void {
    const { words } = this;
    const at = this.room(this.missedAt, 1);
    words[at] = this.missedPage;
    words[at + tagDomain] = this.missedTag;
    words[at + tagSpace] = space;
    words[at + outputLo] = outLo;
    words[at + answer] = outHi | (grant << grantShift);
  }

  /** A free entry of the set, or the one whose turn it is to go, counted as one of this level and with its mask. */
  private room(first: number, level: number): number {
    if (this.free > 0) {
      const at = this.freeIn(first);
      if (at >= 0) {
        this.free--;
        this.count(level, 1);
        this.words[at + insideMask] = lowMaskLo(3 + 9 * level);
        return at;
      }
    }
    const { words } = this;
    // The turn is kept in the first entry of the set.
    const victim = first + (words[first + turn] ?? 0);
    words[first + turn] = (victim - first + stride) & (this.span - 1);
    const evicted = (words[victim + tagDomain] ?? 0) & 3;
    if (evicted !== level) {
      this.count(evicted, -1);
      this.count(level, 1);
      words[victim + insideMask] = lowMaskLo(3 + 9 * level);
    }
    return victim;
  }

  /** The same where an entry for the page may be there already: it gives way. */
  replace(domain: number, space: number, hi: number, lo: number, grant: number, outHi: number, outLo: number): void {
    for (let old = this.find(domain, space, hi, lo); old >= 0; old = this.find(domain, space, hi, lo))
      this.release(old);
    this.add(domain, space, hi, lo, grant, outHi, outLo);
  }

  /** A free entry of the set, or -1. */
  private freeIn(first: number): number {
    for (let at = first; at < first + this.span; at += stride) if (this.words[at + tagDomain] === -1) return at;
    return -1;
  }

  levelOf(entry: number): number {
    return (this.words[entry + tagDomain] ?? 0) & 3;
  }

  permissionsOf(entry: number): number {
    return permissionsOfGrant(grantOfAnswer(this.words[entry + answer] ?? 0));
  }

  outputHiOf(entry: number): number {
    return outputHiOfAnswer(this.words[entry + answer] ?? 0);
  }

  outputLoOf(entry: number): number {
    return this.words[entry + outputLo] ?? 0;
  }

  private release(at: number): void {
    const held = this.words[at + tagDomain] ?? -1;
    if (held === -1) return;
    this.count(held & 3, -1);
    this.words[at + tagDomain] = -1;
    this.free++;
  }

  clear(): void {
    this.population.fill(0);
    this.largePages = 0;
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
