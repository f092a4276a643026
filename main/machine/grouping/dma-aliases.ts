import type { PciAddress } from '../address.ts';
import { dmaAliasQuirks, translationRoots } from './dma-alias-quirks.ts';
import type { Device } from './device.ts';

/** The kernel numbers its own domains from here on. */
export const vmdDomains = 0x10000;
/** drivers/pci/controller/vmd.c vmd_ids[], Linux 7.2. */
const vmdControllers: readonly number[] = [
  0x201d, 0x28c0, 0x467f, 0x4c3d, 0x7d0b, 0x9a0b, 0xa77f, 0xad0b, 0xb06f, 0xb07f, 0xb60b,
];

/** The devfns on its own bus that a device also uses as a requester. */
export function quirkAliases(device: Device): number[] {
  return device.ids.flatMap((ids) =>
    dmaAliasQuirks.flatMap((row) => {
      if (row.vendor !== ids.vendor || ids.device === null || !row.devices.includes(ids.device)) return [];
      const otherCard =
        row.card !== null &&
        (row.card.subsystemVendor !== ids.subsystemVendor || row.card.subsystemDevice !== ids.subsystemDevice);
      return otherCard ? [] : row.aliases(device.devfn).filter((devfn) => devfn !== device.devfn);
    }),
  );
}

export const isTranslationRoot = (device: Device): boolean =>
  device.ids.some((ids) =>
    translationRoots.some(
      (row) => row.vendor === ids.vendor && ids.device !== null && row.devices.includes(ids.device),
    ),
  );

/** Behind Intel VMD a controller's own requester id stands for every device (arch/x86/pci/common.c pci_real_dma_dev). */
export const isBehindVmd = (device: Device): boolean => device.domain >= vmdDomains;

/**
 * The controller of each VMD domain: domains are numbered from 10000h in the order in which controllers are found, and no
 * source but the kernel's device tree says which is which. Null where the source shows none.
 */
export function vmdControllersOf(devices: readonly Device[]): ReadonlyMap<number, PciAddress | null> {
  const domains = [...new Set(devices.filter(isBehindVmd).map((device) => device.domain))].sort((a, b) => a - b);
  const controllers = devices.filter(
    (device) =>
      !isBehindVmd(device) &&
      device.ids.some((ids) => ids.vendor === 0x8086 && ids.device !== null && vmdControllers.includes(ids.device)),
  );
  return new Map(domains.map((domain, at) => [domain, controllers[at]?.address ?? null]));
}

/** Ports pass a requester id on; these put their own in its place (drivers/pci/search.c pci_for_each_dma_alias). */
const takesPlace: ReadonlySet<Device['type']> = new Set(['conventional', 'pcie-to-pci-bridge', 'pci-to-pcie-bridge']);

/** What the rule finds on the way up from a device, before isolation is asked about: bridges that take its requester id's place. */
export function bridgesThatAlias(device: Device): Device[] {
  const found: Device[] = [];
  for (let bridge = device.parent; bridge; bridge = bridge.parent) {
    if (isTranslationRoot(bridge)) break;
    if (takesPlace.has(bridge.type)) found.push(bridge);
  }
  return found;
}
