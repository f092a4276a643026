import { lowMaskHi, lowMaskLo } from '../core/quad.ts';
import type { ReservedMasks } from './second-stage.ts';

/**
 * VT-d first-stage paging entries (VT-d 9.7): the x86-64 format. Bits: P 0, R/W 1, U/S 2, A 5, D 6, PS 7 (levels 2 and 3),
 * EA 10, address 51:12, 62:52 ignored, XD 63.
 */
export const firstStageBit = {
  present: 1 << 0,
  write: 1 << 1,
  user: 1 << 2,
  accessed: 1 << 5,
  dirty: 1 << 6,
  large: 1 << 7,
  extendedAccessed: 1 << 10,
} as const;

/** XD, in the high half. */
export const executeDisable = 1 << 31;

/** bits 62:52 are ignored, in the high half; XD is judged by NXE apart from these masks */
const ignoredHi = 0xfff << 20;
const allOnes = -1;

/**
 * Reserved: address bits from the host width to 51, bit 7 at levels 4 and 5; in large pages the address bits inside the
 * page, but for bit 12, which is PAT there. A 1 GiB page that the unit lacks makes the whole entry reserved.
 */
export function firstStageMasks(hostWidth: number, pages1G: boolean): ReservedMasks {
  const masks: ReservedMasks = {
    hi: new Int32Array(6),
    lo: new Int32Array(6),
    largeHi: new Int32Array(6),
    largeLo: new Int32Array(6),
  };
  const widthHi = ~(lowMaskHi(hostWidth) | ignoredHi);
  const widthLo = ~lowMaskLo(hostWidth);
  for (let level = 1; level <= 5; level++) {
    masks.hi[level] = widthHi;
    masks.lo[level] = widthLo | (level >= 4 ? firstStageBit.large : 0);
    const supported = level === 2 || (level === 3 && pages1G);
    masks.largeHi[level] = supported ? widthHi : allOnes;
    masks.largeLo[level] = supported ? widthLo | (lowMaskLo(3 + 9 * level) & ~0x1fff) : allOnes;
  }
  return masks;
}

/** Is every bit above the width a copy of its highest bit? `levels` 4 is 48 bits, 5 is 57. */
export function isCanonical(levels: number, hi: number): boolean {
  const sign = levels === 5 ? hi >> 24 : hi >> 15;
  return sign === 0 || sign === -1;
}
