import { compareAddresses, type PciAddress } from '../address.ts';
import { isBehindVmd } from './dma-aliases.ts';
import type { Device } from './device.ts';

/**
 * The order in which Linux puts devices into groups: all of a root bus, then bus by bus below it (drivers/pci/bus.c
 * pci_bus_add_devices); what a driver brings, devices behind VMD and virtual functions, comes last.
 */
export function probeOrder(devices: Iterable<Device>): Device[] {
  const below = new Map<PciAddress | null, Device[]>();
  const last: Device[] = [];
  for (const device of [...devices].sort((a, b) => compareAddresses(a.address, b.address))) {
    if (device.physical !== null) {
      last.push(device);
      continue;
    }
    const above = device.parent?.address ?? null;
    const siblings = below.get(above);
    if (siblings) siblings.push(device);
    else below.set(above, [device]);
  }
  const order: Device[] = [];
  const add = (bus: readonly Device[]): void => {
    order.push(...bus);
    for (const device of bus) add(below.get(device.address) ?? []);
  };
  const roots = below.get(null) ?? [];
  const byBus = new Map<string, Device[]>();
  for (const device of roots) byBus.set(device.busKey, [...(byBus.get(device.busKey) ?? []), device]);
  const buses = [...byBus.values()];
  for (const behind of [false, true]) {
    for (const bus of buses) if (bus.some(isBehindVmd) === behind) add(bus);
  }
  return [...order, ...last];
}
