import { slotOf } from '../../main/machine/address.ts';
import type { PciFunction } from '../../main/machine/pci-function.ts';

/** A controller of a network (class 02h). */
const isNetwork = ({ classCode }: PciFunction): boolean => classCode.known && classCode.value >> 16 === 0x02;

/** Which port of a network card of several this function is, counted from 1; null where it is the only one, or none. */
export function cardPort(fn: PciFunction, functions: readonly PciFunction[]): number | null {
  if (!isNetwork(fn) || fn.physicalFunction !== null) return null;
  const slot = slotOf(fn.address);
  const ports = functions.filter(
    (other) => slotOf(other.address) === slot && isNetwork(other) && other.physicalFunction === null,
  );
  return ports.length < 2 ? null : ports.indexOf(fn) + 1;
}
