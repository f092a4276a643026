import { lowMaskHi, lowMaskLo } from '../core/quad.ts';

/**
 * AMD host paging entries, version 1 (AMD 48882 2.2.3; Linux drivers/iommu/generic_pt/fmt/amdv1.h). Level 1 is the leaf
 * table, level 6 has 128 entries. Bits: PR 0, A 5, D 6, NextLevel 11:9, address 51:12, FC 60, IR 61, IW 62. An entry can
 * lead to any lower level, and a leaf may lie at any level.
 */
export const amdEntry = { present: 1 << 0, accessed: 1 << 5, dirty: 1 << 6 } as const;

/** IR and IW, in the high half; shifted right by `rightsShift` they are read and write of access.ts. */
export const rightsShift = 29;
export const amdRights = { read: 1 << 29, write: 1 << 30 } as const;
/** FC, force coherent, which Linux sets in every leaf; in the high half. */
export const forceCoherent = 1 << 28;

/** NextLevel of a leaf: of the level's own size, or of the size that its address encodes. */
export const leafOwnSize = 0;
export const leafEncodedSize = 7;

export const nextLevelOf = (lo: number): number => (lo >>> 9) & 7;

/** Lowest address bit that the tables of this level translate: 12, 21, 30, 39, 48, 57, and 64 past the last. */
export const lowestBitOf = (level: number): number => Math.min(64, 3 + 9 * level);

/** Index into the table at this level; at level 6 there are 7 bits left. */
export function amdIndex(level: number, hi: number, lo: number): number {
  const shift = lowestBitOf(level);
  const bits = shift < 32 ? (lo >>> shift) | (shift === 12 ? 0 : hi << (32 - shift)) : hi >>> (shift - 32);
  return bits & 511;
}

/** Are the address bits from `low` to `high` - 1 all 0? */
export function bitsAreClear(hi: number, lo: number, low: number, high: number): boolean {
  const inHi = lowMaskHi(high) & ~lowMaskHi(low);
  const inLo = lowMaskLo(high) & ~lowMaskLo(low);
  return (hi & inHi) === 0 && (lo & inLo) === 0;
}

/**
 * Address bits inside a page whose address encodes its size: the run of ones from bit 12 up, and one more. 53 and more
 * where the address has no zero.
 */
export function encodedSizeBits(hi: number, lo: number): number {
  let bit = 12;
  while (bit < 32 && ((lo >>> bit) & 1) === 1) bit++;
  while (bit >= 32 && bit < 52 && ((hi >>> (bit - 32)) & 1) === 1) bit++;
  return bit + 1;
}

/** Reserved, in the high half: 58:52 of a leaf (FC and U are none), 60:52 of an entry that leads to a table. */
export const reservedInLeaf = 0x7f << 20;
export const reservedInTable = 0x1ff << 20;

/** Address of an entry's target, high half. */
export const addressHi = (hi: number): number => hi & 0xfffff;
