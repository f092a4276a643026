import { tableOfText } from '../../main/machine/acpi/acpidump-text.ts';
import { decodeTable, isTableProblem } from '../../main/machine/acpi/decode-table.ts';
import { measured } from '../../main/machine/fact.ts';
import { readRemappingHardware } from '../../main/machine/firmware-table/remapping-hardware.ts';
import { desktopFunctions } from '../hosts/built-machine.ts';

/** A generator of 32-bit numbers that gives the same row for the same seed (xorshift32, G. Marsaglia 2003). */
export function numbersFrom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Values at which lengths, offsets and types turn over. */
const edges = [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x0f, 0x10, 0x11, 0x18, 0x40, 0x48, 0x7f, 0x80, 0xf0, 0xfe, 0xff];

/** Longest table that is made: growing ones must not make the run measure the copying of bytes. */
const longest = 4096;

/** One table made from `base`: bytes changed, cut, prolonged, or with a piece of `other` in the middle. */
export function mutated(base: Uint8Array, other: Uint8Array, next: () => number): Uint8Array {
  const kind = next() % 8;
  const at = next() % Math.max(base.length, 1);
  if (kind === 0) return base.slice(0, at);
  if (kind === 1)
    return joined(
      base,
      Uint8Array.from({ length: next() % 64 }, () => next() & 0xff),
    );
  if (kind === 2) {
    const from = next() % Math.max(other.length, 1);
    return joined(base.subarray(0, at), other.subarray(from, from + (next() % 128)), base.subarray(at));
  }
  const bytes = base.slice();
  for (let edits = 1 + (next() % 8); edits > 0; edits--) {
    const random = next();
    // Most edits spare the signature and the table's length: without them nothing behind is looked at.
    const spared = random & 0x1e00 && bytes.length > 8 ? 8 : 0;
    bytes[spared + (next() % (bytes.length - spared))] =
      random & 0x100 ? random & 0xff : (edges[random % edges.length] ?? 0);
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    Math.min(
      longest,
      parts.reduce((sum, part) => sum + part.length, 0),
    ),
  );
  let at = 0;
  for (const part of parts) {
    const piece = part.subarray(0, longest - at);
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Bytes before the entries of the longest kind of structure (IVHD 11h and 40h). */
const structureHead = 40;

/** What became of one table; an answer that breaks a promise is thrown. */
export function decodeOne(bytes: Uint8Array): 'decoded' | 'refused' {
  const table = decodeTable(bytes);
  if (isTableProblem(table)) {
    // A field that is missing is named where it would stand, inside the head of a structure that is too short for it.
    if (table.offset < 0 || table.offset > bytes.length + structureHead)
      throw new Error(`offset ${table.offset} is outside`);
    return 'refused';
  }
  const length = table.structures.reduce((sum, each) => sum + each.length, 48);
  if (length > bytes.length) throw new Error(`structures of ${length} bytes out of ${bytes.length}`);
  return 'decoded';
}

const functions = desktopFunctions();
const memoryMap = measured([{ start: '0x0', end: '0x7fffffff', kind: 'usable' as const }], 'made up');

/** The table joined to a small machine: whatever it says, each function has one owner at most and nothing is made up. */
export function joinOne(bytes: Uint8Array): void {
  let data = '';
  for (const byte of bytes) data += byte.toString(16).padStart(2, '0');
  const signature = String.fromCharCode(...bytes.subarray(0, 4));
  const tables = measured([{ signature, data }], 'made up');
  const joined = readRemappingHardware({ tables, functions, memoryMap, ioApics: [2] });
  if (!joined.known || joined.value === null) return;
  const { units, unowned } = joined.value;
  const owned = [...units.flatMap(({ owns }) => owns), ...unowned];
  if (new Set(owned).size !== owned.length || owned.length !== functions.length) {
    throw new Error(`${owned.length} owners of ${functions.length} functions`);
  }
}

/** The bytes as `acpidump` prints them, read back: the same bytes where they are a table at all. */
export function throughText(bytes: Uint8Array): Uint8Array | null {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    lines.push(`    ${at.toString(16).padStart(4, '0')}: ${row}`);
  }
  return tableOfText(lines.join('\n'));
}
