/** What became of an access. Everything but `ok` is an access error to the unit that asked. */
export const memoryStatus = {
  ok: 0,
  /** nothing answers at this address */
  absent: 1,
  /** something answers and refuses */
  denied: 2,
  /** the data is there and known to be corrupt */
  poisoned: 3,
} as const;
export type MemoryStatus = (typeof memoryStatus)[keyof typeof memoryStatus];

/** Decides the fate of one access before it happens; tests fail the n-th access with it. */
export type Injection = (hi: number, lo: number, write: boolean) => MemoryStatus;

const pageWords = 1024;
const pageBits = 12;
/** at most this many rows in the top table (8 MiB of map for the largest memory) */
const topBits = 20;

/** Row length that keeps the top table short: 2 MiB of memory a row for up to 2 TiB. */
function rowBitsFor(sizeBits: number): number {
  return Math.min(19, Math.max(9, sizeBits - pageBits - topBits));
}

/**
 * Zeroed memory from address 0, kept sparsely: a top table by row of pages, rows of page slots, and one arena of 4 KiB
 * pages. Slot 0 is the page of zeros that every untouched address reads, and is never written. One arena with an
 * Int32Array index is a quarter faster than an array of typed arrays.
 *
 * Quads and words must be naturally aligned; results of reads are in `outHi` and `outLo`.
 */
export class PhysicalMemory {
  outHi = 0;
  outLo = 0;
  inject: Injection | null = null;
  /** bytes */
  readonly size: number;
  private readonly limitHi: number;
  private readonly limitLo: number;
  private readonly rowBits: number;
  private readonly rowMask: number;
  private readonly topHiShift: number;
  private readonly topLoShift: number;
  private readonly tops: Int32Array;
  private rows: Int32Array;
  private rowCount = 1;
  private arena: Int32Array;
  private pageCount = 1;

  /** `size` in bytes, from 4096 to 2^52, any multiple of 8. */
  constructor(size: number) {
    this.size = size;
    this.limitHi = Math.floor(size / 2 ** 32) | 0;
    this.limitLo = size | 0;
    this.rowBits = rowBitsFor(Math.ceil(Math.log2(size)));
    this.rowMask = (1 << this.rowBits) - 1;
    this.topHiShift = 20 - this.rowBits;
    this.topLoShift = pageBits + this.rowBits;
    this.tops = new Int32Array(Math.ceil(size / 2 ** this.topLoShift));
    this.rows = new Int32Array(2 << this.rowBits);
    this.arena = new Int32Array(64 * pageWords);
  }

  /** Does memory answer here? */
  holds(hi: number, lo: number): boolean {
    return hi === this.limitHi ? lo >>> 0 < this.limitLo >>> 0 : hi >>> 0 < this.limitHi >>> 0;
  }

  /** Index of the word at this address in the arena; untouched pages give a word of the page of zeros. */
  private locate(hi: number, lo: number): number {
    const row = this.tops[(hi << this.topHiShift) | (lo >>> this.topLoShift)] ?? 0;
    const slot = this.rows[(row << this.rowBits) | ((lo >>> pageBits) & this.rowMask)] ?? 0;
    return (slot << 10) | ((lo >>> 2) & 1023);
  }

  /** The same for writing: gives the page a slot of its own first. */
  private claim(hi: number, lo: number): number {
    const found = this.locate(hi, lo);
    if (found >= pageWords) return found;
    const top = (hi << this.topHiShift) | (lo >>> this.topLoShift);
    if (this.tops[top] === 0) {
      if ((this.rowCount + 1) << this.rowBits > this.rows.length) this.rows = grown(this.rows);
      this.tops[top] = this.rowCount++;
    }
    if ((this.pageCount + 1) * pageWords > this.arena.length) this.arena = grown(this.arena);
    this.rows[((this.tops[top] ?? 0) << this.rowBits) | ((lo >>> pageBits) & this.rowMask)] = this.pageCount++;
    return this.locate(hi, lo);
  }

  readQuad(hi: number, lo: number): MemoryStatus {
    if (this.inject !== null) {
      const status = this.inject(hi, lo, false);
      if (status !== memoryStatus.ok) return status;
    }
    if (!this.holds(hi, lo)) return memoryStatus.absent;
    const word = this.locate(hi, lo);
    this.outLo = this.arena[word] ?? 0;
    this.outHi = this.arena[word + 1] ?? 0;
    return memoryStatus.ok;
  }

  writeQuad(hi: number, lo: number, valueHi: number, valueLo: number): MemoryStatus {
    if (this.inject !== null) {
      const status = this.inject(hi, lo, true);
      if (status !== memoryStatus.ok) return status;
    }
    if (!this.holds(hi, lo)) return memoryStatus.absent;
    const word = this.claim(hi, lo);
    this.arena[word] = valueLo;
    this.arena[word + 1] = valueHi;
    return memoryStatus.ok;
  }

  writeWord(hi: number, lo: number, value: number): MemoryStatus {
    if (this.inject !== null) {
      const status = this.inject(hi, lo, true);
      if (status !== memoryStatus.ok) return status;
    }
    if (!this.holds(hi, lo)) return memoryStatus.absent;
    this.arena[this.claim(hi, lo)] = value;
    return memoryStatus.ok;
  }

  /** The byte here, or 0xff where nothing answers, as a PCI read that nobody claims. */
  readByte(hi: number, lo: number): number {
    if (!this.holds(hi, lo)) return 0xff;
    return ((this.arena[this.locate(hi, lo)] ?? 0) >>> ((lo & 3) << 3)) & 0xff;
  }

  /** Where nothing answers the byte is lost. */
  writeByte(hi: number, lo: number, value: number): void {
    if (!this.holds(hi, lo)) return;
    const word = this.claim(hi, lo);
    const shift = (lo & 3) << 3;
    this.arena[word] = ((this.arena[word] ?? 0) & ~(0xff << shift)) | (value << shift);
  }
}

function grown(words: Int32Array): Int32Array {
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}
