import type { PciFunction } from '../machine/pci-function.ts';

/** What a function is to the person who may give it. */
export type Role =
  | 'gpu'
  | 'network'
  | 'usb'
  | 'storage'
  | 'sound'
  | 'accelerator'
  | 'other'
  /** part of the board that a guest has no use for: SMBus, firmware flash, security processor, shared memory */
  | 'platform'
  | 'bridge'
  /** an AMD IOMMU is a PCI function itself */
  | 'iommu'
  | 'unknown';

/** Base classes (PCI Code and ID Assignment Specification, section 1; include/linux/pci_ids.h PCI_BASE_CLASS_*). */
const byBaseClass: Readonly<Record<number, Role>> = {
  0x01: 'storage',
  0x02: 'network',
  0x03: 'gpu',
  0x04: 'sound',
  0x05: 'platform',
  0x06: 'bridge',
  0x07: 'other',
  0x08: 'platform',
  0x09: 'other',
  0x0a: 'platform',
  0x0b: 'platform',
  0x0c: 'platform',
  0x0d: 'other',
  0x0e: 'other',
  0x0f: 'other',
  0x10: 'platform',
  0x11: 'platform',
  0x12: 'accelerator',
  0x13: 'platform',
};

/** Sub-classes that differ from their base class. */
const bySubClass: Readonly<Record<number, Role>> = {
  0x0001: 'gpu',
  0x0280: 'network',
  0x0400: 'other',
  0x0480: 'other',
  0x0806: 'iommu',
  0x0b40: 'accelerator',
  0x0c00: 'other',
  0x0c03: 'usb',
  0x0c04: 'storage',
};

/** USB4 host interface (class 0c0340h): the router behind every Thunderbolt port, not a controller for plugged-in devices. */
const usb4 = 0x0c0340;

/** The role that the class code gives; a serial port or management engine that sits in the chipset is `platform`. */
export function roleOf(fn: PciFunction): Role {
  if (fn.header === 'bridge' || fn.header === 'cardbus') return 'bridge';
  if (!fn.classCode.known) return 'unknown';
  const code = fn.classCode.value;
  if (code === usb4) return 'platform';
  const role = bySubClass[code >> 8] ?? byBaseClass[code >> 16] ?? 'other';
  const base = code >> 16;
  const inChipset = fn.parent === null;
  return inChipset && role === 'other' && (base === 0x07 || base === 0xff) ? 'platform' : role;
}

/** Bridges forward what others send: they stay with pcieport whatever group they are in. An IOMMU cannot translate itself. */
export const neverCrosses = (role: Role): boolean => role === 'bridge' || role === 'iommu';
