/** `0x47f001f00` as people read it: `0x4_7f00_1f00`, groups of four from the right. */
export const groupedHex = (value: string): string => `0x${value.slice(2).replace(/\B(?=(?:[0-9a-f]{4})+$)/g, '_')}`;

/** A word of `bits` bits as its groups of four digits, the highest first: `6000 0001 04a3 f603`. */
export function digitGroups(value: string, bits: 64 | 128): readonly string[] {
  const digits = value.slice(2).padStart(bits / 4, '0');
  return digits.match(/.{4}/g) ?? [];
}
