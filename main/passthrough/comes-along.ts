import { compareAddresses, slotOf, type PciAddress } from '../machine/address.ts';
import type { Machine } from '../machine/machine.ts';
import type { PciFunction } from '../machine/pci-function.ts';
import { indexFunctions, type FunctionIndex } from './functions.ts';
import type { crossingReasons } from './plan.ts';
import { neverCrosses, roleOf } from './role.ts';

export interface Crossing {
  readonly address: PciAddress;
  readonly reason: (typeof crossingReasons)[number];
  /** the chosen function that it comes along with */
  readonly because: PciAddress;
  /** only its slot ties it, and a reset of its neighbours leaves it alone: the host may keep it */
  readonly mayStay: boolean;
}

/**
 * The other functions of a card. A virtual function stands alone: its neighbours have other owners. On a root bus a slot
 * number is no card but a corner of the chipset (a USB controller beside the Wi-Fi), which no reset takes down together
 * (drivers/pci/pci.c, pci_parent_bus_reset needs a bridge above): there the groups alone say who goes along, and while
 * they are not known, all but the board's own parts (flash, SMBus).
 */
function slotPeers(fn: PciFunction, index: FunctionIndex): readonly PciFunction[] {
  if (fn.physicalFunction !== null || (fn.parent === null && index.groupOf !== null)) return [];
  const peers = (index.bySlot.get(slotOf(fn.address)) ?? []).filter((peer) => peer.physicalFunction === null);
  return fn.parent === null ? peers.filter((peer) => roleOf(peer) !== 'platform') : peers;
}

function groupPeers(fn: PciFunction, index: FunctionIndex): readonly PciFunction[] {
  const devices = index.groupOf?.get(fn.address)?.devices ?? [];
  return devices.flatMap((address) => index.byAddress.get(address) ?? []);
}

/**
 * Resets without its neighbours: function-level reset, or the only other way that stops at one function, D3hot to D0
 * (`pm`). A bus or slot reset takes the whole card down (drivers/pci/pci.c, pci_reset_fn_methods).
 */
function resetsAlone(fn: PciFunction): boolean {
  if (fn.express.known && fn.express.value?.flr === true) return true;
  return (
    fn.resetMethods.known && fn.resetMethods.value.some((way) => way === 'flr' || way === 'af_flr' || way === 'pm')
  );
}

/** Nothing but its slot asks for it: no other function of its group crosses, and no function of the slot resets the others. */
function mayStay(
  { address, reason }: Omit<Crossing, 'mayStay'>,
  crossing: ReadonlySet<PciAddress>,
  index: FunctionIndex,
): boolean {
  const group = index.groupOf?.get(address);
  if (reason !== 'same-slot' || group === undefined) return false;
  const slot = index.bySlot.get(slotOf(address)) ?? [];
  return slot.every(resetsAlone) && group.devices.every((other) => other === address || !crossing.has(other));
}

/**
 * All that crosses over when `chosen` is given: every function of a slot (a card is reset as a whole) and every endpoint
 * of a group (the kernel hands over groups), until nothing more is drawn in. Never a bridge, port, host bridge or IOMMU:
 * VFIO lets those stay on pcieport (drivers/vfio/vfio_main.c, vfio_dev_driver_allowed; since 5.19
 * driver_managed_dma in drivers/pci/pcie/portdrv.c). Of `keep` those stay that only their slot ties: a port of a network
 * card in a group of its own that resets alone. Addresses that the machine does not have are left out. Sorted.
 */
export function comesAlong(
  machine: Machine,
  chosen: readonly PciAddress[],
  keep: readonly PciAddress[] = [],
): Crossing[] {
  const index = indexFunctions(machine);
  const all = reached(index, chosen, new Set());
  const staying = keep.filter((address) => all.some((one) => one.address === address && one.mayStay));
  return staying.length === 0 ? all : reached(index, chosen, new Set(staying));
}

function reached(index: FunctionIndex, chosen: readonly PciAddress[], stay: ReadonlySet<PciAddress>): Crossing[] {
  const crossings = new Map<PciAddress, Omit<Crossing, 'mayStay'>>();
  const queue: PciAddress[] = [];
  const cross = (fn: PciFunction | undefined, reason: Crossing['reason'], because: PciAddress): void => {
    if (fn === undefined || crossings.has(fn.address) || neverCrosses(roleOf(fn))) return;
    if (reason === 'same-slot' && stay.has(fn.address)) return;
    crossings.set(fn.address, { address: fn.address, reason, because });
    queue.push(fn.address);
  };
  for (const address of chosen) cross(index.byAddress.get(address), 'chosen', address);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const fn = index.byAddress.get(next);
    const because = crossings.get(next)?.because;
    if (fn === undefined || because === undefined) continue;
    for (const peer of slotPeers(fn, index)) cross(peer, 'same-slot', because);
    for (const peer of groupPeers(fn, index)) cross(peer, 'same-group', because);
  }
  const crossing = new Set(crossings.keys());
  return [...crossings.values()]
    .map((one) => ({ ...one, mayStay: mayStay(one, crossing, index) }))
    .sort((a, b) => compareAddresses(a.address, b.address));
}
