import { lowMaskHi, lowMaskLo } from '../core/quad.ts';

/**
 * Entries of extended page tables, by which a processor translates a guest's memory (Linux arch/x86/include/asm/vmx.h,
 * VMX_EPT_*). R 0, W 1, X 2 as in the second stage of VT-d, whose entries have no X; then what the second stage has not:
 * a memory type 5:3 and IPAT 6 in leaves. PS 7, A 8, D 9, address 51:12.
 */
export const eptBit = {
  read: 1 << 0,
  write: 1 << 1,
  execute: 1 << 2,
  ignoreGuestType: 1 << 6,
  large: 1 << 7,
  accessed: 1 << 8,
  dirty: 1 << 9,
} as const;

export const eptRights = eptBit.read | eptBit.write | eptBit.execute;

/** Memory types of a leaf; 2, 3 and 7 are reserved (Intel SDM volume 3, PAT encodings [recall]). */
export const memoryTypes = ['UC', 'WC', null, null, 'WT', 'WP', 'WB', null] as const;
export type MemoryType = NonNullable<(typeof memoryTypes)[number]>;

export const typeShift = 3;
export const memoryTypeOf = (lo: number): MemoryType | null => memoryTypes[(lo >>> typeShift) & 7] ?? null;
export const encodingOf = (type: MemoryType): number => memoryTypes.indexOf(type);

/** What a processor says of its extended page tables (IA32_VMX_EPT_VPID_CAP). */
export interface EptCapabilities {
  /** physical address bits of the processor */
  readonly hostWidth: number;
  readonly executeOnly: boolean;
  readonly pages2M: boolean;
  readonly pages1G: boolean;
  readonly accessedDirty: boolean;
}

/** EPTP: memory type 2:0, levels less one 5:3, accessed and dirty flags 6, address 51:12. */
export interface EptPointer {
  readonly tableHi: number;
  readonly tableLo: number;
  readonly levels: number;
  readonly accessedDirty: boolean;
}

/** Is this a misconfiguration: an entry that means nothing? Entries without any right are absent, and never one. */
export function isMisconfigured(hi: number, lo: number, level: number, capabilities: EptCapabilities): boolean {
  const rights = lo & eptRights;
  if (rights === 0) return false;
  // Written but not read, and execute-only where the processor has no such pages.
  if ((rights & eptBit.read) === 0 && ((rights & eptBit.write) !== 0 || !capabilities.executeOnly)) return true;
  // Address bits from the host width to 51.
  if ((hi & lowMaskHi(52) & ~lowMaskHi(capabilities.hostWidth)) !== 0) return true;
  const large = (lo & eptBit.large) !== 0;
  if (large && level > 1) {
    const offered = level === 2 ? capabilities.pages2M : level === 3 && capabilities.pages1G;
    if (!offered || (lo & lowMaskLo(3 + 9 * level) & ~lowMaskLo(12)) !== 0) return true;
    return memoryTypeOf(lo) === null;
  }
  // Tables: 6:3 are reserved (and 7 is PS). In a leaf of 4 KiB bit 7 is ignored.
  return level === 1 ? memoryTypeOf(lo) === null : (lo & 0x78) !== 0;
}
