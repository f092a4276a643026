import type { PciIds } from '../pci-function.ts';

/**
 * Devices that name another requester than themselves: drivers/pci/quirks.c, the callers of pci_add_dma_alias, the same
 * in Linux 6.1.192 and 6.12.117. (Microsemi Switchtec bridges read theirs from a register that only the kernel reaches.)
 * A devfn is device * 8 + function.
 */
export interface DmaAliasQuirk {
  readonly vendor: number;
  readonly devices: readonly number[];
  /** null where the quirk asks for any card */
  readonly card: Pick<PciIds, 'subsystemVendor' | 'subsystemDevice'> | null;
  /** the devfns on the same bus that a function with this devfn also uses */
  readonly aliases: (devfn: number) => readonly number[];
}

const functionZero = (devfn: number): number[] => [devfn & ~7];
const functionOne = (devfn: number): number[] => [(devfn & ~7) | 1];
const privateEngine = (): number[] => [1 << 3];
/** Functions 0 to 4 of every slot. */
const everySlot = (): number[] =>
  Array.from({ length: 32 }, (_, slot) => slot).flatMap((slot) => [0, 1, 2, 3, 4].map((fn) => slot * 8 + fn));
const wholeBus = (): number[] => Array.from({ length: 256 }, (_, devfn) => devfn);

export const dmaAliasQuirks: readonly DmaAliasQuirk[] = [
  { vendor: 0x1180, devices: [0xe832, 0xe476], card: null, aliases: functionZero },
  { vendor: 0x6766, devices: [0x3d40, 0x3d41], card: null, aliases: functionZero },
  {
    vendor: 0x1b4b,
    devices: [
      0x9120, 0x9123, 0x9125, 0x9128, 0x9130, 0x9170, 0x9172, 0x917a, 0x9182, 0x9183, 0x91a0, 0x9215, 0x9220, 0x9230,
      0x9235,
    ],
    card: null,
    aliases: functionOne,
  },
  { vendor: 0x1103, devices: [0x0642, 0x0645], card: null, aliases: functionOne },
  { vendor: 0x197b, devices: [0x2392], card: null, aliases: functionOne },
  { vendor: 0x1c28, devices: [0x0122], card: null, aliases: functionOne },
  {
    vendor: 0x9005,
    devices: [0x0285],
    card: { subsystemVendor: 0x9005, subsystemDevice: 0x02bb },
    aliases: privateEngine,
  },
  {
    vendor: 0x9005,
    devices: [0x0285],
    card: { subsystemVendor: 0x9005, subsystemDevice: 0x02bc },
    aliases: privateEngine,
  },
  { vendor: 0x8086, devices: [0x2260, 0x2264], card: null, aliases: () => [0x10 << 3, 0x11 << 3, (0x12 << 3) | 3] },
  { vendor: 0x8086, devices: [0x2954, 0x2955, 0x2956, 0x2958, 0x2959, 0x295a], card: null, aliases: everySlot },
  { vendor: 0x10b5, devices: [0x87b0, 0x87b1], card: null, aliases: wholeBus },
];

/** Bridges below which another IOMMU stands, so that nothing above them is an alias (PCI_DEV_FLAGS_BRIDGE_XLATE_ROOT). */
export const translationRoots: readonly { vendor: number; devices: readonly number[] }[] = [
  { vendor: 0x14e4, devices: [0x9000, 0x9084] },
];
