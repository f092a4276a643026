import { addressParts, slotOf, type PciAddress } from '../address.ts';
import { extendedId } from '../config-space/capability-names.ts';
import type { PciFunction } from '../pci-function.ts';
import type { Device, DeviceIdentity } from './device.ts';
import { guessedType } from './guessed-type.ts';
import { portAfter, type Move } from './movable.ts';

/** The functions of a machine as the kernel's grouping sees them, by address. A moved card hangs below its new port. */
export function devicesOf(functions: readonly PciFunction[], move: Move | null): Map<PciAddress, Device> {
  const facts = new Map(functions.map((fn) => [fn.address, fn]));
  const inSlot = new Map<string, number>();
  for (const fn of functions) {
    if (fn.physicalFunction === null) inSlot.set(slotOf(fn.address), (inSlot.get(slotOf(fn.address)) ?? 0) + 1);
  }
  const devices = new Map<PciAddress, Device>();
  const underWay = new Set<PciAddress>();
  const make = (fn: PciFunction): Device => {
    const made = devices.get(fn.address);
    if (made) return made;
    underWay.add(fn.address);
    const above = portAfter(fn, move);
    const moved = above !== fn.parent;
    const aboveFn = above === null ? undefined : facts.get(above);
    // A hostile text could name bridges that lead to themselves; the tree of a machine is a tree.
    const parent = aboveFn && !underWay.has(aboveFn.address) ? make(aboveFn) : null;
    const device = deviceOf(fn, parent, moved, (inSlot.get(slotOf(fn.address)) ?? 0) > 1);
    devices.set(fn.address, device);
    underWay.delete(fn.address);
    return device;
  };
  for (const fn of functions) make(fn);
  return devices;
}

function deviceOf(fn: PciFunction, parent: Device | null, moved: boolean, companions: boolean): Device {
  const { domain, bus, device, function: number } = addressParts(fn.address);
  const type = typeOf(fn, parent, moved);
  return {
    address: fn.address,
    domain,
    bus,
    devfn: device * 8 + number,
    busKey: `${parent?.address ?? ''}>${domain}:${bus}`,
    parent,
    ...type,
    ...acsOf(fn),
    ids: identitiesOf(fn),
    multifunction: multifunctionOf(fn, parent, companions),
    physical: fn.physicalFunction,
    bridge: fn.header === 'bridge' || fn.header === 'cardbus' || fn.bridge !== null,
    classCode: fn.classCode.known ? fn.classCode.value : 0,
  };
}

function typeOf(fn: PciFunction, parent: Device | null, moved: boolean): Pick<Device, 'type' | 'typeGuessed'> {
  if (!fn.express.known) return { type: guessedType(fn, parent), typeGuessed: true };
  const type = correctedType(fn.express.value?.portType ?? 'conventional', parent);
  // The same function is part of the root complex on a root bus, and an endpoint on a link.
  return { type: moved && type === 'root-complex-endpoint' ? 'endpoint' : type, typeGuessed: false };
}

/**
 * drivers/pci/probe.c set_pcie_port_type: some switches call their ports each other's names, which what stands above them
 * gives away.
 */
function correctedType(type: Device['type'], parent: Device | null): Device['type'] {
  const above = parent?.type;
  if (
    type === 'downstream-port' &&
    (above === 'root-port' || above === 'downstream-port' || above === 'pci-to-pcie-bridge')
  ) {
    return 'upstream-port';
  }
  return type === 'upstream-port' && above === 'upstream-port' ? 'downstream-port' : type;
}

/** Where a text lists the capability without its registers, that it is there decides: bits that it lacks are hard-wired. */
function acsOf(fn: PciFunction): Pick<Device, 'acs' | 'acsHidden'> {
  if (fn.acs.known) return { acs: fn.acs.value?.capability ?? null, acsHidden: false };
  const listed =
    fn.capabilities.known && fn.capabilities.value.some((each) => each.extended && each.id === extendedId.acs);
  // A function without PCI Express has no extended capabilities.
  const none = fn.express.known && fn.express.value === null;
  return { acs: listed ? 0x7f : null, acsHidden: !listed && !none };
}

/**
 * drivers/pci/probe.c pci_scan_slot: every function but the first is part of a multifunction device; the first says so in
 * its header, which a text without bytes does not show. Virtual functions are added by themselves (drivers/pci/iov.c) and
 * never are. Below a port there is one device only: further ones are functions of it, numbered with ARI.
 */
function multifunctionOf(fn: PciFunction, parent: Device | null, companions: boolean): boolean {
  if (fn.physicalFunction !== null) return false;
  const { device, function: number } = addressParts(fn.address);
  if (number > 0) return true;
  if (device > 0 && (parent?.type === 'root-port' || parent?.type === 'downstream-port')) return true;
  return fn.configBytes > 0 && fn.multifunction !== null ? fn.multifunction : companions;
}

/** Makers with quirks for all their devices: a name that is newer than the list of names still begins with its maker's. */
const makers: readonly (readonly [name: string, vendor: number])[] = [
  ['Intel Corporation', 0x8086],
  ['Advanced Micro Devices, Inc. [AMD/ATI]', 0x1002],
  ['Advanced Micro Devices, Inc. [AMD]', 0x1022],
  ['Zhaoxin', 0x1d17],
  ['Beijing Wangxun', 0x8088],
];
const unnamed = { device: null, subsystemVendor: null, subsystemDevice: null } as const;

/** All ids that the function may have; a name that stands for several lists them (`may be 8086:8c10, 8086:8c12`). */
function identitiesOf(fn: PciFunction): DeviceIdentity[] {
  if (fn.ids.known) return [fn.ids.value];
  const maker = makers.find(([name]) => fn.names.vendor?.startsWith(name))?.[1];
  const candidates = /: may be (.+)$/.exec(fn.ids.where)?.[1]?.split(', ') ?? [];
  if (candidates.length === 0 && maker !== undefined) return [{ ...unnamed, vendor: maker }];
  return candidates.flatMap((text) => {
    const match = /^([0-9a-f]{4}):([0-9a-f]{4}|\*)$/.exec(text);
    if (!match?.[1] || !match[2]) return [];
    const device = match[2] === '*' ? null : parseInt(match[2], 16);
    return [{ ...unnamed, vendor: parseInt(match[1], 16), device }];
  });
}
