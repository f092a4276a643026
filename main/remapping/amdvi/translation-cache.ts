import { lowMaskHi, lowMaskLo } from '../core/quad.ts';

/** Words of one entry: page, tag of domain and size, address space, output, rights, age. */
const stride = 8;
const pageHi = 0;
const pageLo = 1;
const tagAt = 2;
const spaceAt = 3;
const outputHi = 4;
const outputLo = 5;
const granted = 6;
const stamp = 7;

/** Which table gave an entry: the host's alone, or the guest's table of an address space. */
export const hostSpace = 0;
export const guestSpace = (pasid: number): number => pasid + 1;

const tagOf = (domain: number, sizeBits: number): number => (domain << 7) | sizeBits;
/** Address bits inside a page of the set's index are left out; the rest is mixed a little. */
const indexOf = (hi: number, lo: number, sizeBits: number, domain: number): number =>
  (sizeBits < 32 ? (lo >>> sizeBits) | (hi << (32 - sizeBits)) : hi >>> (sizeBits - 32)) ^ domain;

/**
 * Translations by domain and page, of any power of two: AMD-Vi pages have every size from 4 KiB up, and a translation is
 * tagged by the domain of its device table entry, not by the device (AMD 48882 2.2.3 and 2.4.3). Set-associative, least
 * recently used. `find` answers the entry's offset in `words`, or -1.
 */
export class TranslationCache {
  readonly words: Int32Array;
  readonly entries: number;
  private readonly ways: number;
  private readonly setMask: number;
  /** how many entries of each size there are: sizes without any are not looked for */
  private readonly population = new Int32Array(65);
  /** no entry is smaller or larger than these */
  private smallest = 64;
  private largest = 12;
  private tick = 0;

  /** `entries` and `ways`: powers of two; `ways` = `entries` is fully associative. */
  constructor(entries: number, ways: number) {
    this.entries = entries;
    this.ways = Math.min(ways, entries);
    this.setMask = entries / this.ways - 1;
    this.words = new Int32Array(entries * stride);
    this.clear();
  }

  find(domain: number, space: number, hi: number, lo: number): number {
    const { words, population } = this;
    const span = this.ways * stride;
    for (let bits = this.smallest; bits <= this.largest; bits++) {
      if (population[bits] === 0) continue;
      const atHi = hi & ~lowMaskHi(bits);
      const atLo = lo & ~lowMaskLo(bits);
      const tag = tagOf(domain, bits);
      const first = (indexOf(hi, lo, bits, domain) & this.setMask) * span;
      for (let at = first; at < first + span; at += stride) {
        if (words[at + pageLo] !== atLo || words[at + tagAt] !== tag || words[at + pageHi] !== atHi) continue;
        if (words[at + spaceAt] !== space) continue;
        words[at + stamp] = this.tick = (this.tick + 1) | 0;
        return at;
      }
    }
    return -1;
  }

  /** `sizeBits`: address bits inside the page. `outHi`, `outLo`: address of the page. */
  fill(
    domain: number,
    space: number,
    hi: number,
    lo: number,
    sizeBits: number,
    outHi: number,
    outLo: number,
    rights: number,
  ): void {
    const { words } = this;
    const span = this.ways * stride;
    const first = (indexOf(hi, lo, sizeBits, domain) & this.setMask) * span;
    const tag = tagOf(domain, sizeBits);
    const atHi = hi & ~lowMaskHi(sizeBits);
    const atLo = lo & ~lowMaskLo(sizeBits);
    let victim = first;
    for (let at = first; at < first + span; at += stride) {
      const same =
        words[at + tagAt] === tag &&
        words[at + pageLo] === atLo &&
        words[at + pageHi] === atHi &&
        words[at + spaceAt] === space;
      if (words[at + tagAt] === -1 || same) {
        victim = at;
        break;
      }
      if ((words[at + stamp] ?? 0) < (words[victim + stamp] ?? 0)) victim = at;
    }
    this.release(victim);
    this.population[sizeBits] = (this.population[sizeBits] ?? 0) + 1;
    this.smallest = Math.min(this.smallest, sizeBits);
    this.largest = Math.max(this.largest, sizeBits);
    words[victim + pageHi] = atHi;
    words[victim + pageLo] = atLo;
    words[victim + tagAt] = tag;
    words[victim + spaceAt] = space;
    words[victim + outputHi] = outHi;
    words[victim + outputLo] = outLo;
    words[victim + granted] = rights;
    words[victim + stamp] = this.tick = (this.tick + 1) | 0;
  }

  sizeBitsOf(entry: number): number {
    return (this.words[entry + tagAt] ?? 0) & 0x7f;
  }
  rightsOf(entry: number): number {
    return this.words[entry + granted] ?? 0;
  }
  outputHiOf(entry: number): number {
    return this.words[entry + outputHi] ?? 0;
  }
  outputLoOf(entry: number): number {
    return this.words[entry + outputLo] ?? 0;
  }

  private release(at: number): void {
    const held = this.words[at + tagAt] ?? -1;
    if (held === -1) return;
    this.population[held & 0x7f] = (this.population[held & 0x7f] ?? 0) - 1;
    this.words[at + tagAt] = -1;
  }

  clear(): void {
    this.population.fill(0);
    this.smallest = 64;
    this.largest = 12;
    for (let at = 0; at < this.words.length; at += stride) this.words[at + tagAt] = -1;
  }

  /**
   * Forgets what touches the 2^sizeBits bytes around an address, naturally aligned: a page goes whole when any part of it
   * is named. With `space` only entries of that address space. Without, the host's own, and every guest entry of the
   * domain: the address is one of the guest's memory, and which guest entries went through it is not kept.
   */
  drop(domain: number, space: number | null, hi: number, lo: number, sizeBits: number): void {
    for (let at = 0; at < this.words.length; at += stride) {
      const held = this.words[at + tagAt] ?? -1;
      if (held === -1 || held >>> 7 !== domain) continue;
      const heldSpace = this.words[at + spaceAt] ?? 0;
      const derived = space === null && heldSpace !== hostSpace;
      const named = heldSpace === (space ?? hostSpace) && this.touches(at, hi, lo, sizeBits);
      if (derived || named) this.release(at);
    }
  }

  private touches(at: number, hi: number, lo: number, sizeBits: number): boolean {
    const bits = Math.max(sizeBits, this.sizeBitsOf(at));
    return (
      (((this.words[at + pageHi] ?? 0) ^ hi) & ~lowMaskHi(bits)) === 0 &&
      (((this.words[at + pageLo] ?? 0) ^ lo) & ~lowMaskLo(bits)) === 0
    );
  }

  /** Number of entries in use. */
  get used(): number {
    return this.population.reduce((sum, count) => sum + count, 0);
  }
}
