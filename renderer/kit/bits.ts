import type { Concept } from './concept.ts';

/** A field of a 64-bit word, both ends included, 63 is the leftmost cell. */
export interface BitField {
  readonly high: number;
  readonly low: number;
  readonly label: string;
  readonly concept: Concept;
  /** This step looks at it. */
  readonly lit?: boolean;
}

/** The 64 bits of a word, bit 63 first; `value` is a bigint or `0x…` text. */
export function bitsOf(value: bigint | string): readonly boolean[] {
  const word = BigInt.asUintN(64, BigInt(value));
  return Array.from({ length: 64 }, (_, at) => ((word >> BigInt(63 - at)) & 1n) === 1n);
}

/** The field that holds a bit; of two that overlap, the first. */
export const fieldAt = (fields: readonly BitField[], bit: number): BitField | null =>
  fields.find((field) => bit <= field.high && bit >= field.low) ?? null;
