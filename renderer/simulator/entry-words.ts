import type { EntryField, StructureRead } from '../../main/remapping/trace.ts';
import type { BitField } from '../kit/bits.ts';

/** 64 bits of an entry as one strip; a field that crosses from one word into the next is in both. */
export interface EntryWord {
  readonly value: bigint;
  /** position in the entry of the word's bit 0 */
  readonly base: number;
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
  const count = read.bits / 64;
  return Array.from({ length: count }, (_, at) => (count - 1 - at) * 64).map((base) => ({
    value: BigInt.asUintN(64, whole >> BigInt(base)),
    base,
    fields: read.fields.flatMap((field) => within(field, base, stops) ?? []),
  }));
}
