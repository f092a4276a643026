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
/** A row says where the pages of 4 MiB begin, and a table where the rows of 4 GiB do, so that no shift depends on the size. */
const rowBits = 10;
const tableBits = 10;
const rowShift = pageBits + rowBits;
/** The window begins with this many pages and doubles up to 16 MiB, which hold the tables of 8 GiB in 4 KiB pages. */
const firstWindow = 64;
const largestWindow = 4096;

/**
 * Zeroed memory from address 0, kept sparsely in one arena of 4 KiB pages, in two parts.
 *
 * The window, where a driver puts its tables, lies in the arena as it lies in memory: a step of a walk is then one read, as
 * in a plain array, and not one for the place and one for the entry. It grows as it is written to. Behind it come the pages
 * of all other addresses, found by a top table by 4 GiB, tables of rows, and rows that say for each page where it begins
 * there: a write anywhere in 2^52 bytes costs 12 KiB at most. The first page is that of zeros, which every untouched address
 * reads and nobody writes; table 0 and row 0 lead there, for every region that nobody has written to. One arena with an
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
  private readonly tops: Int32Array;
  private tables: Int32Array = new Int32Array(1 << tableBits);
  private tableCount = 1;
  private rows: Int32Array = new Int32Array(1 << rowBits);
  private rowCount = 1;
  /** of the window: bits 63:32 of its address, its first page in those 4 GiB, and whole pages that it has now and may have */
  private readonly windowHi: number;
  private readonly windowFirst: number;
  private windowPages: number;
  private readonly windowLimit: number;
  /** every page that was ever written; another array after memory has grown, so it is not to be kept */
  arena: Int32Array;
  /** word of the arena behind the window, and pages from there on */
  private sparse: number;
  private pageCount = 1;
  /** writes so far, and for each page of the arena the number of the last one to it */
  writes = 0;
  private written: Float64Array;

  /** `size` in bytes, from 4096 to 2^52, any multiple of 8; `windowAt`: where tables will lie, a multiple of 4096. */
  constructor(size: number, windowAt = 0) {
    this.size = size;
    this.limitHi = Math.floor(size / 2 ** 32) | 0;
    this.limitLo = size | 0;
    this.tops = new Int32Array(Math.ceil(size / 2 ** 32));
    this.windowHi = Math.floor(windowAt / 2 ** 32) | 0;
    this.windowFirst = (windowAt | 0) >>> pageBits;
    const left = Math.floor((size - windowAt) / 2 ** pageBits);
    this.windowLimit = Math.max(0, Math.min(largestWindow, left, 2 ** (32 - pageBits) - this.windowFirst));
    this.windowPages = Math.min(firstWindow, this.windowLimit);
    this.sparse = this.windowPages * pageWords;
    this.arena = new Int32Array(this.sparse + 16 * pageWords);
    this.written = new Float64Array(this.arena.length / pageWords);
  }

  /** Does memory answer here? */
  holds(hi: number, lo: number): boolean {
    return hi === this.limitHi ? lo >>> 0 < this.limitLo >>> 0 : hi >>> 0 < this.limitHi >>> 0;
  }

  /** Index in `arena` of the quad at this address, or -1 where nothing answers: reading without copies, past `inject`. */
  find(hi: number, lo: number): number {
    const page = (lo >>> pageBits) - this.windowFirst;
    if (hi === this.windowHi && page >>> 0 < this.windowPages) return (page << 10) | ((lo >>> 2) & 1023);
    return this.holds(hi, lo) ? this.locate(hi, lo) : -1;
  }

  /**
   * Index in `arena` of an entry of 8 bytes in a table: `find` for who reads zeros where nothing answers. `tableLo` may
   * have any bits below 12.
   */
  entry(tableHi: number, tableLo: number, index: number): number {
    const page = (tableLo >>> pageBits) - this.windowFirst;
    if (tableHi === this.windowHi && page >>> 0 < this.windowPages) return (page << 10) | (index << 1);
    return this.entryFar(tableHi, tableLo, index);
  }

  private entryFar(tableHi: number, tableLo: number, index: number): number {
    const lo = (tableLo & ~0xfff) | (index << 3);
    return this.holds(tableHi, lo) ? this.locate(tableHi, lo) : this.sparse;
  }

  /** Index of the word at this address in the arena; untouched pages give a word of the page of zeros. */
  private locate(hi: number, lo: number): number {
    const page = (lo >>> pageBits) - this.windowFirst;
    if (hi === this.windowHi && page >>> 0 < this.windowPages) return (page << 10) | ((lo >>> 2) & 1023);
    const begins = this.rows[this.inRow(hi, lo)] ?? 0;
    return (this.sparse + begins) | ((lo >>> 2) & 1023);
  }

  /** Index in `rows` of the page of this address. */
  private inRow(hi: number, lo: number): number {
    const row = this.tables[((this.tops[hi] ?? 0) << tableBits) | (lo >>> rowShift)] ?? 0;
    return (row << rowBits) | ((lo >>> pageBits) & ((1 << rowBits) - 1));
  }

  /** The same for writing: gives the page a place of its own first. */
  private claim(hi: number, lo: number): number {
    const page = (lo >>> pageBits) - this.windowFirst;
    if (hi === this.windowHi && page >>> 0 < this.windowLimit) {
      while (page >= this.windowPages) this.growWindow();
      return this.stamped(this.locate(hi, lo));
    }
    const found = this.locate(hi, lo);
    if (found >= this.sparse + pageWords) return this.stamped(found);
    this.makeRow(hi, lo);
    if (this.sparse + (this.pageCount + 1) * pageWords > this.arena.length) this.layOut(this.windowPages, 2);
    this.rows[this.inRow(hi, lo)] = this.pageCount++ * pageWords;
    return this.stamped(this.locate(hi, lo));
  }

  private growWindow(): void {
    this.layOut(Math.min(this.windowPages * 2, this.windowLimit), 1);
  }

  /** A larger arena with the same in it: more pages in the window, or `times` as many behind it. */
  private layOut(windowPages: number, times: number): void {
    const { arena, written, sparse } = this;
    const moved = windowPages * pageWords;
    this.arena = new Int32Array(moved + (arena.length - sparse) * times);
    this.arena.set(arena.subarray(0, sparse));
    this.arena.set(arena.subarray(sparse), moved);
    this.written = new Float64Array(this.arena.length / pageWords);
    this.written.set(written.subarray(0, sparse / pageWords));
    this.written.set(written.subarray(sparse / pageWords), windowPages);
    this.windowPages = windowPages;
    this.sparse = moved;
  }

  private stamped(word: number): number {
    this.written[word >>> 10] = ++this.writes;
    return word;
  }

  /** The number of the last write to the page of this word of the arena; 0 for none. */
  writtenAt(word: number): number {
    return this.written[word >>> 10] ?? 0;
  }

  /** A table and a row of its own for an address, where it has none. */
  private makeRow(hi: number, lo: number): void {
    if (this.tops[hi] === 0) {
      this.tables = withRoom(this.tables, (this.tableCount + 1) << tableBits);
      this.tops[hi] = this.tableCount++;
    }
    const at = ((this.tops[hi] ?? 0) << tableBits) | (lo >>> rowShift);
    if (this.tables[at] !== 0) return;
    this.rows = withRoom(this.rows, (this.rowCount + 1) << rowBits);
    this.tables[at] = this.rowCount++;
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
    // First the place: making one may lay the arena out anew.
    const word = this.claim(hi, lo);
    this.arena[word] = value;
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

/** The same words, or a copy with twice the room. */
function withRoom(words: Int32Array, wanted: number): Int32Array {
  if (wanted <= words.length) return words;
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}
