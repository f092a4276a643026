import { lowMaskHi, lowMaskLo } from '../core/quad.ts';

/**
 * VT-d second-stage paging entries (VT-d 3.7 and 9.8; Linux drivers/iommu/generic_pt/fmt/vtdss.h). Level 1 is the leaf
 * table. Bits: R 0, W 1, X 2, EMT 5:3, IPAT 6, PS 7 (levels 2 and 3), A 8, D 9, SNP 11, address 51:12, 61:52 and 63
 * ignored.
 */
export const entryBit = {
  read: 1 << 0,
  write: 1 << 1,
  large: 1 << 7,
  accessed: 1 << 8,
  dirty: 1 << 9,
  snoop: 1 << 11,
} as const;

export const entriesPerTable = 512;

/** Address bits that a walk of this many levels translates. */
export const widthOfLevels = (levels: number): number => 12 + 9 * levels;

/** Bytes that a leaf at this level maps. */
export const pageSizeAt = (level: number): number => 4096 * 512 ** (level - 1);

/** Index into the table at this level, 1 to 5. */
export function tableIndex(level: number, hi: number, lo: number): number {
  if (level === 1) return (lo >>> 12) & 511;
  if (level === 2) return (lo >>> 21) & 511;
  if (level === 3) return ((lo >>> 30) | (hi << 2)) & 511;
  return (level === 4 ? hi >>> 7 : hi >>> 16) & 511;
}

/** Reserved-bit masks of every level, for entries that lead to a table (or a 4 KiB page) and for large pages. */
export interface ReservedMasks {
  readonly hi: Int32Array;
  readonly lo: Int32Array;
  readonly largeHi: Int32Array;
  readonly largeLo: Int32Array;
}

const allOnes = -1;
/** bits 61:52 and 63 are ignored, in the high half */
const ignoredHi = (0x3ff << 20) | (1 << 31);

/**
 * Reserved: address bits from the host width to 51, bit 62 (the withdrawn transient-mapping bit), bit 7 at levels 4 and 5,
 * bit 11 in entries that lead to tables and, without snoop control, in leaves; in large pages also the address bits inside
 * the page; a size that the unit lacks makes the whole entry reserved.
 */
export function reservedMasks(options: {
  hostWidth: number;
  snoopControl: boolean;
  pages2M: boolean;
  pages1G: boolean;
}): ReservedMasks {
  const masks: ReservedMasks = {
    hi: new Int32Array(6),
    lo: new Int32Array(6),
    largeHi: new Int32Array(6),
    largeLo: new Int32Array(6),
  };
  const widthHi = ~(lowMaskHi(options.hostWidth) | ignoredHi);
  const widthLo = ~lowMaskLo(options.hostWidth);
  const leafSnoop = options.snoopControl ? 0 : entryBit.snoop;
  for (let level = 1; level <= 5; level++) {
    masks.hi[level] = widthHi;
    masks.lo[level] = widthLo | (level === 1 ? leafSnoop : entryBit.snoop) | (level >= 4 ? entryBit.large : 0);
    const supported = (level === 2 && options.pages2M) || (level === 3 && options.pages1G);
    masks.largeHi[level] = supported ? widthHi : allOnes;
    masks.largeLo[level] = supported ? widthLo | leafSnoop | (lowMaskLo(3 + 9 * level) & ~0xfff) : allOnes;
  }
  return masks;
}

/** May an entry at this level be a large page by its PS bit (supported or not)? */
export const canBeLarge = (level: number): boolean => level === 2 || level === 3;
