import type { EntryField, StructureRead } from '../../main/remapping/trace.ts';
import type { BitField } from '../kit/bits.ts';

/** 64 bits of an entry as one strip; a field that crosses the middle of a 128-bit entry is in both of its words. */
export interface EntryWord {
  readonly value: bigint;
  /** position in the entry of the word's bit 0 */
  readonly base: 0 | 64;
  readonly fields: readonly BitField[];
}

/** The part of a field that lies in the word at `base`, in that word's bit numbers. */
function within(field: EntryField, base: number, stops: boolean): BitField | null {
  const high = Math.min(field.high - base, 63);
  const low = Math.max(field.low - base, 0);
  if (high < low) return null;
  const fault = stops && field.decisive;
  return { high, low, label: field.name, concept: fault ? 'fault' : 'unit' };
}

/** The words of an entry as its strips, high word first; none where the read failed. `stops`: this step ends the request. */
export function entryWords(read: StructureRead, stops: boolean): readonly EntryWord[] {
  if (read.value === null) return [];
  const whole = BigInt(read.value);
  const bases: readonly (0 | 64)[] = read.bits === 128 ? [64, 0] : [0];
  return bases.map((base) => ({
    value: BigInt.asUintN(64, whole >> BigInt(base)),
    base,
    fields: read.fields.flatMap((field) => within(field, base, stops) ?? []),
  }));
}
