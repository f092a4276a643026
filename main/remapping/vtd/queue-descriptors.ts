import type { Capabilities } from './capabilities.ts';

/** IQEI codes in IQER (VT-d 11.4.9.9); 0 also stands for a status write that failed. */
export const queueError = {
  none: 0,
  tail: 1,
  fetch: 2,
  type: 3,
  reserved: 4,
  width: 5,
  tailAlignment: 6,
  tableMode: 7,
} as const;

/** The words of a descriptor, lowest first: 4 of them, or 8 with 256-bit descriptors. */
export type Descriptor = readonly number[];

interface DescriptorRow {
  /** bits that must be 0, words 0 to 3 (QEMU hw/i386/intel_iommu_internal.h VTD_INV_DESC_*_RSVD) */
  readonly reserved: readonly [number, number, number, number];
  readonly offered: (capabilities: Capabilities) => boolean;
}

/** By type: bits 3:0, with 11:9 as its upper part (all of ours have 0 there). */
const rows: Readonly<Record<number, DescriptorRow>> = {
  // context cache: G 5:4, DID 31:16, SID 47:32, FM 49:48
  1: { reserved: [0xf1c0, 0xfffc0000, -1, -1], offered: () => true },
  // IOTLB: G 5:4, DW 6, DR 7, DID 31:16; AM 5:0, IH 6, address 63:12
  2: { reserved: [0xf100, -1, 0xf80, 0], offered: () => true },
  // device TLB: MIP 20:16, SID 47:32; S 0, address 63:12. PFSID, 15:12 and 63:52, is reserved without ECAP.DIT (Linux
  // drivers/iommu/intel/iommu.c, at pfsid), which no unit here has
  3: { reserved: [0xffe0f1f0, 0xffff0000, 0xffe, 0], offered: (capabilities) => capabilities.deviceTlb },
  // interrupt entry cache: G 4, IM 31:27, IIDX 47:32
  4: { reserved: [0x07fff1e0, 0xffff0000, -1, -1], offered: (capabilities) => capabilities.interruptRemapping },
  // PASID IOTLB: G 5:4, DID 31:16, PASID 51:32; AM 5:0, IH 6, address 63:12
  6: { reserved: [0xf1c0, 0xfff00000, 0xf80, 0], offered: (capabilities) => capabilities.scalableMode },
  // PASID cache: G 5:4, DID 31:16, PASID 51:32
  7: { reserved: [0xf1c0, 0xfff00000, -1, -1], offered: (capabilities) => capabilities.scalableMode },
  // PASID device TLB: MIP 8:4, SID 31:16, PASID 51:32; G 0, S 11, address 63:12; PFSID as above
  8: {
    reserved: [0xf000, 0xfff00000, 0x7fe, 0],
    offered: (capabilities) => capabilities.scalableMode && capabilities.deviceTlb,
  },
  // page group response: PP 4, RC 15:12, RID 31:16, PASID 51:32; PRGI 11:3
  9: { reserved: [0x1e0, 0xfff00000, 0xfffff003, -1], offered: (capabilities) => capabilities.pageRequests },
  // wait: IF 4, SW 5, FN 6, data 63:32; status address 63:2 (PD 7 needs page requests, ECAP.PDS)
  5: { reserved: [0xfffff180, 0, 3, 0], offered: () => true },
};

const noGranularity: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [0], 6: [0, 1], 7: [2] };

/** Why a descriptor may not run; 0 where it may. */
export function descriptorProblem(words: Descriptor, capabilities: Capabilities): number {
  const type = ((words[0] ?? 0) & 0xf) | ((((words[0] ?? 0) >>> 9) & 7) << 4);
  const row = rows[type];
  if (row === undefined || !row.offered(capabilities)) return queueError.type;
  // G that means nothing: 0 for context, IOTLB and PASID IOTLB (1 too there), 2 for the PASID cache.
  if (type in noGranularity && noGranularity[type]?.includes(((words[0] ?? 0) >>> 4) & 3)) return queueError.reserved;
  // PD needs page-request draining (ECAP.PDS).
  const drain = type === 5 && capabilities.pageRequestDrain ? 1 << 7 : 0;
  if (row.reserved.some((mask, index) => ((words[index] ?? 0) & mask & (index === 0 ? ~drain : -1)) !== 0))
    return queueError.reserved;
  if (words.slice(4).some((word) => word !== 0)) return queueError.reserved;
  return queueError.none;
}
