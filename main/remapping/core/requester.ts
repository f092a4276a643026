import { addressParts, formatAddress } from '../../machine/address.ts';
import type { PciAddress } from '../../machine/address.ts';

/** Requester id of a function: bus 15:8, device 7:3, function 2:0. The domain (segment) is the unit's, not the request's. */
export function requesterOf(address: PciAddress): number {
  const { bus, device, function: fn } = addressParts(address);
  return (bus << 8) | (device << 3) | fn;
}

/** The function with this requester id, in a domain. */
export const addressOf = (domain: number, requester: number): PciAddress =>
  formatAddress({ domain, bus: requester >>> 8, device: (requester >>> 3) & 0x1f, function: requester & 7 });
