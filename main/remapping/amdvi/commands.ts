import { atsRangeBits } from '../formats/ats-range.ts';
import type { Features } from './features.ts';

/** A command's four words, lowest first. */
export type Command = readonly [w0: number, w1: number, w2: number, w3: number];

/** Opcodes, bits 63:60 (AMD 48882 2.4; Linux CMD_*, QEMU AMDVI_CMD_*). */
export const opcode = {
  completionWait: 1,
  invalidateDeviceEntry: 2,
  invalidatePages: 3,
  invalidateDeviceCache: 4,
  invalidateInterruptTable: 5,
  prefetch: 6,
  completePageRequest: 7,
  invalidateAll: 8,
} as const;

interface CommandRow {
  /** bits that must be 0, words 0 to 3; the opcode is no part of word 1 (QEMU amdvi_*, VirtualBox IOMMU_CMD_*_VALID_MASK) */
  readonly reserved: Command;
  readonly offered: (features: Features) => boolean;
}

const always = (): boolean => true;

const rows: Readonly<Record<number, CommandRow>> = {
  // S 0, I 1, F 2, address 51:3; data
  [opcode.completionWait]: { reserved: [0, 0x0ff00000, 0, 0], offered: always },
  // device 15:0
  [opcode.invalidateDeviceEntry]: { reserved: [0xffff0000, 0x0fffffff, -1, -1], offered: always },
  // PASID 19:0, domain 47:32; S 64, PDE 65, GN 66, address 127:76
  [opcode.invalidatePages]: { reserved: [0xfff00000, 0x0fff0000, 0xff8, 0], offered: always },
  // device 15:0, PASID 23:16 and 59:48, MaxPend 31:24, queue 47:32; S 64, GN 66, type 69:68, address 127:76
  [opcode.invalidateDeviceCache]: { reserved: [0, 0, 0xfca, 0], offered: always },
  // device 15:0
  [opcode.invalidateInterruptTable]: { reserved: [0xffff0000, 0x0fffffff, -1, -1], offered: always },
  // device 15:0, count 31:24, PASID 51:32; S 64, GN 66, Inval 68, address 127:76
  [opcode.prefetch]: { reserved: [0x00ff0000, 0x0ff00000, 0xfea, 0], offered: (features) => features.prefetch },
  // device 15:0, PASID 51:32; GN 66, tag and status 111:96
  [opcode.completePageRequest]: {
    reserved: [0xffff0000, 0x0ff00000, ~4, 0xffff0000],
    offered: (features) => features.pageRequests,
  },
  [opcode.invalidateAll]: { reserved: [-1, 0x0fffffff, -1, -1], offered: (features) => features.invalidateAll },
};

export const opcodeOf = (command: Command): number => command[1] >>> 28;

/** An opcode that the unit does not have, or a reserved bit that is set. QEMU logs the latter and runs the command all the same. */
export function isIllegal(command: Command, features: Features): boolean {
  const row = rows[opcodeOf(command)];
  if (row === undefined || !row.offered(features)) return true;
  return row.reserved.some((mask, index) => ((command[index] ?? 0) & mask) !== 0);
}

const sizeFlag = 1 << 0;
const guestFlag = 1 << 2;

/** Which pages a command names. */
export interface NamedPages {
  /** null: addresses of the host's tables, not of an address space */
  readonly pasid: number | null;
  readonly hi: number;
  readonly lo: number;
  /** address bits that are not compared: 12 for one page, 64 for all */
  readonly sizeBits: number;
}

/**
 * The pages of an invalidation: one of 4 KiB, or with S as many as the run of ones from bit 12 up encodes. From bit 51 on
 * it is the whole address space; Linux writes 7FFF_FFFF_FFFF_F000h (CMD_INV_IOMMU_ALL_PAGES_ADDRESS).
 */
export function namedPages([w0, , w2, w3]: Command): NamedPages {
  const pasid = w2 & guestFlag ? w0 & 0xfffff : null;
  const lo = w2 & ~0xfff;
  const sizeBits = atsRangeBits(w3, lo, (w2 & sizeFlag) !== 0);
  return { pasid, hi: w3, lo, sizeBits: sizeBits > 51 ? 64 : sizeBits };
}

/**
 * The range that INVALIDATE_IOTLB_PAGES names. Its PASID stands in three parts: 15:8 in 23:16 and 7:0 in 55:48 (Linux
 * build_inv_iotlb_pasid), 19:16 in 59:56 [recall].
 */
export function namedByDeviceCommand(command: Command): NamedPages {
  const [w0, w1] = command;
  const pages = namedPages(command);
  if (pages.pasid === null) return pages;
  return { ...pages, pasid: ((w1 >>> 16) & 0xff) | (((w0 >>> 16) & 0xff) << 8) | (((w1 >>> 24) & 0xf) << 16) };
}
