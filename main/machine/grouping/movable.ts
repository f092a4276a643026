import { slotOf, type PciAddress } from '../address.ts';
import type { Machine } from '../machine.ts';
import type { PciFunction } from '../pci-function.ts';
import type { Move } from './devices-of.ts';

/** Why a card cannot move to a port. */
export type MoveProblem = 'no-such-device' | 'not-a-port' | 'port-below-card';

/** Ports that a card can be put into: root and downstream ports; where the type is not shown, any bridge. */
export const isSlotPort = (fn: PciFunction): boolean =>
  fn.express.known
    ? fn.express.value?.portType === 'root-port' || fn.express.value?.portType === 'downstream-port'
    : fn.header === 'bridge';

/** The move of the card with one function to a port, or why there is none; `subject` is the address that it fails at. */
export function moveOf(
  machine: Machine,
  card: PciAddress,
  port: PciAddress,
): Move | { problem: MoveProblem; subject: PciAddress } {
  const functions = new Map(machine.functions.map((fn) => [fn.address, fn]));
  const to = functions.get(port);
  if (!functions.has(card)) return { problem: 'no-such-device', subject: card };
  if (!to) return { problem: 'no-such-device', subject: port };
  if (!isSlotPort(to)) return { problem: 'not-a-port', subject: port };
  const slot = slotOf(card);
  for (let at: PciFunction | undefined = to; at; at = at.parent === null ? undefined : functions.get(at.parent)) {
    if (slotOf(at.address) === slot) return { problem: 'port-below-card', subject: port };
  }
  return { slot, port };
}
