/** Bits of a register: the highest and the lowest, its name in the specification, and what it means in a few words. */
export type BitField = readonly [high: number, low: number, name: string, meaning: string];

export interface ReadField {
  readonly high: number;
  readonly low: number;
  readonly name: string;
  readonly value: number;
  readonly meaning: string;
}

/**
 * The fields of a 64-bit register (`0x…`), lowest first: all that the table names, and set bits that it does not name as
 * `bitN`. Null where the text is no number.
 */
export function readFields(hex: string, fields: readonly BitField[]): ReadField[] | null {
  if (!/^0x[0-9a-f]{1,16}$/i.test(hex)) return null;
  const value = BigInt(hex);
  const read: ReadField[] = fields.map(([high, low, name, meaning]) => ({
    high,
    low,
    name,
    value: Number((value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n)),
    meaning,
  }));
  const named = (bit: number): boolean => fields.some(([high, low]) => bit >= low && bit <= high);
  for (let bit = 0; bit < 64; bit++) {
    if ((value >> BigInt(bit)) & 1n && !named(bit))
      read.push({ high: bit, low: bit, name: `bit${bit}`, value: 1, meaning: '' });
  }
  return read.sort((a, b) => a.low - b.low);
}
