import { parseAddress, type PciAddress } from '../address.ts';
import { measured } from '../fact.ts';
import type { PciFunction } from '../pci-function.ts';

/** The kernel read the ROM and found none in it: `Invalid PCI ROM header signature: expecting 0xaa55` (drivers/pci/rom.c pci_get_rom_size). */
export const withBadRom = (rom: PciFunction['rom']): PciFunction['rom'] =>
  rom.known && rom.value
    ? { ...rom, value: { ...rom.value, headerGood: false } }
    : measured({ size: null, shadowed: null, headerGood: false }, 'kernel log, PCI ROM');

const complaint =
  /\S{1,40} ([0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]): Invalid PCI ROM (?:header|data) signature/g;

/** Functions whose ROM a kernel log complains about. */
export function badRomsOf(log: string): ReadonlySet<PciAddress> {
  if (!log.includes('Invalid PCI ROM')) return new Set();
  return new Set([...log.matchAll(complaint)].flatMap((match) => parseAddress(match[1] ?? '') ?? []));
}
