/** How a register takes a write. Bits in none of the masks are read-only. */
export interface RegisterRow {
  readonly offset: number;
  readonly reset?: number;
  readonly writable?: number;
  /** writing 1 clears */
  readonly clears?: number;
}

/**
 * A unit's memory-mapped registers as 32-bit words, with parallel masks. Offsets are bytes, naturally aligned. A 64-bit
 * register is two words: writing its halves one after the other is the same as writing it whole, low half first.
 */
export class RegisterFile {
  readonly size: number;
  private readonly values: Int32Array;
  private readonly writable: Int32Array;
  private readonly clears: Int32Array;
  private readonly resets: Int32Array;

  constructor(bytes: number, rows: readonly RegisterRow[]) {
    this.size = bytes;
    const words = bytes >>> 2;
    this.values = new Int32Array(words);
    this.writable = new Int32Array(words);
    this.clears = new Int32Array(words);
    this.resets = new Int32Array(words);
    for (const row of rows) {
      this.resets[row.offset >>> 2] = row.reset ?? 0;
      this.writable[row.offset >>> 2] = row.writable ?? 0;
      this.clears[row.offset >>> 2] = row.clears ?? 0;
    }
    this.reset();
  }

  reset(): void {
    this.values.set(this.resets);
  }

  /** 0 beyond the end. */
  read(offset: number): number {
    return this.values[offset >>> 2] ?? 0;
  }

  /** A write by software: through the masks. */
  write(offset: number, value: number): void {
    const word = offset >>> 2;
    const writable = this.writable[word] ?? 0;
    const cleared = value & (this.clears[word] ?? 0);
    this.values[word] = (((this.values[word] ?? 0) & ~writable) | (value & writable)) & ~cleared;
  }

  /** A write by the hardware itself. */
  set(offset: number, value: number): void {
    this.values[offset >>> 2] = value;
  }

  raise(offset: number, bits: number): void {
    this.set(offset, this.read(offset) | bits);
  }

  clear(offset: number, bits: number): void {
    this.set(offset, this.read(offset) & ~bits);
  }
}
