import { bitsOf } from '../core/quad.ts';

/**
 * How many address bits lie inside a range that an invalidation of a device TLB names: 12 for one page, 64 for everything.
 * With S the run of ones from bit 12 up says the size: 2^(its first zero + 1) bytes (PCIe 10.2.3.2 for translations, the
 * same code in 10.3.1 [recall the numbers]; Linux drivers/iommu/intel/dmar.c qi_flush_dev_iotlb sets the ones below the size).
 */
export function atsRangeBits(hi: number, lo: number, sized: boolean): number {
  if (!sized) return 12;
  let bit = 12;
  while (bit < 63 && bitsOf(hi, lo, bit, bit) === 1) bit++;
  return bit + 1;
}
