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
}

/**
 * The other functions of a card. A virtual function stands alone: its neighbours have other owners. On a root bus a slot
 * number is no card but a corner of the chipset, so the board's own parts (flash, SMBus) do not follow; where they share
 * the group, the group brings them.
 */
function slotPeers(fn: PciFunction, index: FunctionIndex): readonly PciFunction[] {
  if (fn.physicalFunction !== null) return [];
  const peers = (index.bySlot.get(slotOf(fn.address)) ?? []).filter((peer) => peer.physicalFunction === null);
  return fn.parent === null ? peers.filter((peer) => roleOf(peer) !== 'platform') : peers;
}

function groupPeers(fn: PciFunction, index: FunctionIndex): readonly PciFunction[] {
  const devices = index.groupOf?.get(fn.address)?.devices ?? [];
  return devices.flatMap((address) => index.byAddress.get(address) ?? []);
}

/**
 * All that crosses over when `chosen` is given: every function of a slot (a card is reset as a whole) and every endpoint
 * of a group (the kernel hands over groups), until nothing more is drawn in. Never a bridge, port, host bridge or IOMMU:
 * VFIO lets those stay on pcieport (drivers/vfio/vfio_main.c, vfio_dev_driver_allowed; since 5.19
 * driver_managed_dma in drivers/pci/pcie/portdrv.c). Addresses that the machine does not have are left out. Sorted.
 */
export function comesAlong(machine: Machine, chosen: readonly PciAddress[]): Crossing[] {
  const index = indexFunctions(machine);
  const crossings = new Map<PciAddress, Crossing>();
  const queue: PciAddress[] = [];
  const cross = (fn: PciFunction | undefined, reason: Crossing['reason'], because: PciAddress): void => {
    if (fn === undefined || crossings.has(fn.address) || neverCrosses(roleOf(fn))) return;
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
  return [...crossings.values()].sort((a, b) => compareAddresses(a.address, b.address));
}
