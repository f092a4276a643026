import { addressParts, compareAddresses, slotOf, type PciAddress } from '../address.ts';
import { measured, unknown } from '../fact.ts';
import type { PciNames } from '../names/pci-names.ts';
import { withPlaces, type ToldPlace } from '../path.ts';
import type { PciFunction } from '../pci-function.ts';
import { withThrough } from '../through.ts';
import { withAcsAbove } from './acs-above.ts';
import type { DeviceTree } from './device-tree.ts';
import { expressFacts } from './express-facts.ts';
import { addressOf, classCodeOf, idsOf } from './location.ts';
import type { Row } from './inventory.ts';

type Unplaced = Omit<PciFunction, 'parent' | 'path' | 'through'>;

const only = (what: string) => unknown('linux', what);

function functionOf(device: Row<'devices'>, address: PciAddress, names: PciNames): Unplaced {
  const ids = idsOf(device);
  const classCode = classCodeOf(device);
  const kind = (classCode ?? 0) >>> 8;
  const isBridge = kind === 0x0604 || kind === 0x0609;
  const card = ids?.subsystemVendor != null && ids.subsystemDevice !== null ? ids : null;
  return {
    address,
    ids: ids === null ? only('DEVPKEY_Device_HardwareIds') : measured(ids, 'DEVPKEY_Device_HardwareIds'),
    classCode:
      classCode === null ? only('DEVPKEY_PciDevice_BaseClass') : measured(classCode, 'DEVPKEY_PciDevice_BaseClass'),
    names: {
      vendor: ids === null ? null : names.vendor(ids.vendor),
      device: (ids === null ? null : names.device(ids.vendor, ids.device)) ?? device.name,
      subsystem:
        card === null
          ? null
          : names.subsystem(card.vendor, card.device, card.subsystemVendor ?? 0, card.subsystemDevice ?? 0),
      class: classCode === null ? null : names.className(classCode),
    },
    // What drives it under Windows says nothing about what will under Linux.
    driver: only('driver'),
    header: kind === 0x0607 ? 'cardbus' : isBridge ? 'bridge' : classCode === null ? 'unknown' : 'endpoint',
    multifunction: null,
    bridge: null,
    configBytes: 0,
    capabilities: only('config'),
    sriov: only('config'),
    physicalFunction: null,
    resizableBars: only('config'),
    bars: only('resource'),
    resetMethods: only('reset_method'),
    bootVga: kind === 0x0300 || classCode === null ? only('boot_vga') : measured(false, 'DEVPKEY_PciDevice_BaseClass'),
    numaNode: null,
    ...expressFacts(device),
    pri: only('config'),
    pasid: only('config'),
    ari: only('config'),
    ariForwarding: only('config'),
    power: only('config'),
    d3coldAllowed: only('d3cold_allowed'),
    slot: only('config'),
    rom: only('resource'),
    thunderbolt: only('config'),
    removable: only('removable'),
    ...(device.reservedMemory === true ? { reservedMemory: true as const } : {}),
  };
}

/** The PCI functions that Windows shows, in order, each below the bridge that Windows names as its parent. */
export function functionsOf(devices: readonly Row<'devices'>[], tree: DeviceTree, names: PciNames): PciFunction[] {
  const made = new Map<PciAddress, Unplaced>();
  const parents = new Map<PciAddress, PciAddress | null>();
  for (const device of devices) {
    const address = addressOf(device);
    if (address === null || made.has(address)) continue;
    made.set(address, functionOf(device, address, names));
    const parent = tree.parentOf(device.instance);
    if (parent === null || (parent !== undefined && leadsTo(parent, address))) parents.set(address, parent);
  }
  const buses = busesBelow(parents);
  const inSlot = new Map<string, number>();
  for (const address of made.keys()) inSlot.set(slotOf(address), (inSlot.get(slotOf(address)) ?? 0) + 1);
  const functions = [...made.values()]
    .sort((a, b) => compareAddresses(a.address, b.address))
    .map((fn) => ({
      ...fn,
      bridge: buses.get(fn.address) ?? null,
      // Windows shows every function of a slot that the firmware left on.
      multifunction: (inSlot.get(slotOf(fn.address)) ?? 0) > 1 ? true : null,
    }));
  const places = new Map<PciAddress, ToldPlace>(
    [...parents].map(([address, parent]) => [address, { parent, rootBus: rootBusOf(address, parents) }]),
  );
  return withThrough(withAcsAbove(withPlaces(functions, places), devices));
}

/** A bridge leads to higher bus numbers of its domain, or to a domain of its own (VMD); anything else would make a ring. */
function leadsTo(bridge: PciAddress, address: PciAddress): boolean {
  const above = addressParts(bridge);
  const below = addressParts(address);
  return above.domain === below.domain ? above.bus < below.bus : above.domain === 0;
}

/** `0000:00`: the bus of the outermost function on the way up. */
function rootBusOf(address: PciAddress, parents: ReadonlyMap<PciAddress, PciAddress | null>): string {
  let top = address;
  for (let at: PciAddress | null = address; at !== null; at = parents.get(at) ?? null) top = at;
  return top.slice(0, top.lastIndexOf(':'));
}

/** Bus numbers below each bridge, from those that hang there: an empty one has none to tell. */
function busesBelow(
  parents: ReadonlyMap<PciAddress, PciAddress | null>,
): Map<PciAddress, NonNullable<PciFunction['bridge']>> {
  const buses = new Map<PciAddress, NonNullable<PciFunction['bridge']>>();
  for (const address of parents.keys()) {
    const { bus } = addressParts(address);
    let direct = true;
    for (let at = parents.get(address) ?? null; at !== null; at = parents.get(at) ?? null) {
      const known = buses.get(at);
      buses.set(at, {
        secondary: direct ? Math.min(known?.secondary ?? bus, bus) : (known?.secondary ?? bus),
        subordinate: Math.max(known?.subordinate ?? bus, bus),
      });
      direct = false;
    }
  }
  return buses;
}
