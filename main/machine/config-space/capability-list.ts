import type { Capability } from '../pci-function.ts';
import { capabilityName } from './capability-names.ts';
import { byteAt, dwordAt, wordAt } from './registers.ts';

/** A list as far as the bytes go; `cut` when a pointer leads past their end. */
export interface CapabilityList {
  readonly entries: readonly (Capability & { offset: number })[];
  readonly cut: boolean;
}

/** Both limits are the kernel's (drivers/pci/pci.h PCI_FIND_CAP_TTL and the 8-byte minimum of extended capabilities): a list that loops ends there. */
const classicLimit = 48;
const extendedLimit = (0x1000 - 0x100) / 8;
const extendedStart = 0x100;

/** Walks the classic list from `pointerAt` (34h, 14h on CardBus bridges) inside the first 256 bytes. */
export function classicCapabilities(bytes: Uint8Array, pointerAt: number): CapabilityList {
  const entries: (Capability & { offset: number })[] = [];
  const seen = new Set<number>();
  let next = byteAt(bytes, pointerAt);
  for (let hops = 0; next !== null && hops < classicLimit; hops++) {
    // The two low bits are reserved and must be masked (PCI Local Bus 3.0, 6.7); pointers below 40h end the list.
    const offset: number = next & 0xfc;
    if (offset < 0x40 || seen.has(offset)) return { entries, cut: false };
    seen.add(offset);
    const id = byteAt(bytes, offset);
    next = byteAt(bytes, offset + 1);
    if (id === null || next === null) return { entries, cut: true };
    if (id === 0xff) return { entries, cut: false };
    entries.push({ id, extended: false, offset, name: capabilityName(id, false) });
  }
  return { entries, cut: next === null };
}

/** Walks the extended list from 100h. An all-zero or all-one header there says that there is none. */
export function extendedCapabilities(bytes: Uint8Array): CapabilityList {
  const entries: (Capability & { offset: number })[] = [];
  const seen = new Set<number>();
  let offset = extendedStart;
  for (let hops = 0; hops < extendedLimit; hops++) {
    if (offset < extendedStart || seen.has(offset)) break;
    seen.add(offset);
    const header = dwordAt(bytes, offset);
    if (header === null) return { entries, cut: true };
    if (header === 0 || header === 0xffffffff) break;
    const id = header & 0xffff;
    // Id 0 is the null capability: it only carries the pointer on.
    if (id !== 0) entries.push({ id, extended: true, offset, name: capabilityName(id, true) });
    offset = (header >>> 20) & 0xffc;
  }
  return { entries, cut: false };
}

/** Whether the status register (06h bit 4) announces a classic list at all; null when it cannot be read. */
export function announcesCapabilities(bytes: Uint8Array): boolean | null {
  const status = wordAt(bytes, 0x06);
  return status === null ? null : (status & 0x10) !== 0;
}
