import { addressParts, formatAddress, type PciAddress } from '../address.ts';
import { valueOr } from '../fact.ts';
import type { PciFunction } from '../pci-function.ts';

/**
 * Whose virtual function each one is: the routing id of the n-th is the physical function's plus offset plus n times
 * stride (SR-IOV 1.1, 2.1.2; drivers/pci/iov.c pci_iov_virtfn_bus). Only functions that are there are named.
 */
export function physicalFunctions(
  functions: readonly Pick<PciFunction, 'address' | 'sriov'>[],
): ReadonlyMap<PciAddress, PciAddress> {
  const present = new Set(functions.map((fn) => fn.address));
  const physical = new Map<PciAddress, PciAddress>();
  for (const { address, sriov } of functions) {
    const capability = valueOr(sriov, null);
    if (!capability || (capability.stride === 0 && capability.enabledVfs > 1)) continue;
    const { domain, bus, device, function: fn } = addressParts(address);
    const own = (bus << 8) | (device << 3) | fn;
    for (let n = 0; n < capability.enabledVfs; n++) {
      const id = own + capability.offset + n * capability.stride;
      if (id > 0xffff) break;
      const virtual = formatAddress({ domain, bus: id >> 8, device: (id >> 3) & 0x1f, function: id & 7 });
      if (present.has(virtual) && virtual !== address) physical.set(virtual, address);
    }
  }
  return physical;
}
