import { byteAt, dwordAt, wordAt } from '../config-space/registers.ts';

/** Why a table cannot be walked any further, and where. */
export class Unwalkable extends Error {
  readonly offset: number;
  readonly expected: string;

  constructor(offset: number, expected: string) {
    super(expected);
    this.offset = offset;
    this.expected = expected;
  }
}

/** Little-endian fields of a stretch of a table; a field past its end ends the walk. */
export class TableBytes {
  readonly bytes: Uint8Array;
  /** offset of the stretch in the whole table */
  readonly at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get length(): number {
    return this.bytes.length;
  }

  byte(offset: number): number {
    return this.#told(byteAt(this.bytes, offset), offset);
  }

  word(offset: number): number {
    return this.#told(wordAt(this.bytes, offset), offset);
  }

  dword(offset: number): number {
    return this.#told(dwordAt(this.bytes, offset), offset);
  }

  /** 64 bits as `0x…` text */
  qword(offset: number): string {
    const high = this.dword(offset + 4);
    const low = this.dword(offset).toString(16);
    return high === 0 ? `0x${low}` : `0x${high.toString(16)}${low.padStart(8, '0')}`;
  }

  /** Characters up to a NUL, `length` at most; what is not printable ASCII stands as `?`. */
  text(offset: number, length: number): string {
    let text = '';
    for (let i = offset; i < Math.min(offset + length, this.length); i++) {
      const code = this.bytes[i] ?? 0;
      if (code === 0) break;
      text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '?';
    }
    return text;
  }

  slice(from: number, to: number): TableBytes {
    return new TableBytes(this.bytes.subarray(from, to), this.at + from);
  }

  #told(value: number | null, offset: number): number {
    if (value === null) throw new Unwalkable(this.at + offset, 'more bytes');
    return value;
  }
}
