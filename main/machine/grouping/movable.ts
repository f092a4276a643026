import { slotOf, type PciAddress } from '../address.ts';
import type { Machine } from '../machine.ts';
import type { PciFunction } from '../pci-function.ts';

/** A card that stands elsewhere: its slots (`0000:01:00`; with ARI its functions go on in `0000:01:01`) and the port that it moves to. */
export interface Move {
  readonly slots: readonly string[];
  readonly port: PciAddress;
  /** the slots that go to the card's old port in exchange; null: the old place stays empty */
  readonly exchange: { readonly slots: readonly string[]; readonly port: PciAddress } | null;
}

/** The port below which a function stands once the card has moved. */
export function portAfter(fn: PciFunction, move: Move | null): PciAddress | null {
  // Virtual functions have addresses of their own and go with their physical one.
  const slot = slotOf(fn.physicalFunction ?? fn.address);
  if (move?.slots.includes(slot) === true) return move.port;
  return move?.exchange?.slots.includes(slot) === true ? move.exchange.port : fn.parent;
}

/** Why a card cannot move to a port. */
export type MoveProblem = 'no-such-device' | 'not-a-port' | 'port-below-card';

/** Ports that a card can be put into: root and downstream ports; where the type is not shown, any bridge. */
export const isSlotPort = (fn: PciFunction): boolean =>
  fn.express.known
    ? fn.express.value?.portType === 'root-port' || fn.express.value?.portType === 'downstream-port'
    : fn.header === 'bridge';

/**
 * Whether a port has a slot that takes a card, as far as the source tells: a slot with ports in it (a riser, the chipset)
 * takes none itself. `below`: the functions right below the port.
 */
export const takesCard = (port: PciFunction, below: readonly PciFunction[]): boolean =>
  isSlotPort(port) &&
  port.express.known &&
  port.express.value?.slotImplemented === true &&
  below.every(({ header }) => header === 'endpoint');

/**
 * The move of the card with one function to a port, or why there is none; `subject` is the address that it fails at.
 * `swap`: what is in the port goes to the card's old one, since a slot takes one card.
 */
export function moveOf(
  machine: Machine,
  card: PciAddress,
  port: PciAddress,
  swap = false,
): Move | { problem: MoveProblem; subject: PciAddress } {
  const functions = new Map(machine.functions.map((fn) => [fn.address, fn]));
  const to = functions.get(port);
  if (!functions.has(card)) return { problem: 'no-such-device', subject: card };
  if (!to) return { problem: 'no-such-device', subject: port };
  if (!isSlotPort(to)) return { problem: 'not-a-port', subject: port };
  const from = functions.get(card)?.parent ?? null;
  const slots = slotsOf(machine, card, from === null ? undefined : functions.get(from));
  for (let at: PciFunction | undefined = to; at; at = at.parent === null ? undefined : functions.get(at.parent)) {
    if (slots.includes(slotOf(at.address))) return { problem: 'port-below-card', subject: port };
  }
  const there = machine.functions.filter(({ parent }) => parent === port).map(({ address }) => slotOf(address));
  const exchange = swap && from !== null && there.length > 0 ? { slots: [...new Set(there)], port: from } : null;
  return { slots, port, exchange };
}

/** A link has one device at its end: what stands beside it there are its further functions (PCI Express, ARI). */
function slotsOf(machine: Machine, card: PciAddress, above: PciFunction | undefined): string[] {
  if (above?.express.known !== true || !isSlotPort(above)) return [slotOf(card)];
  const own = machine.functions.filter(
    ({ parent, physicalFunction, header }) =>
      parent === above.address && physicalFunction === null && header === 'endpoint',
  );
  return [...new Set([slotOf(card), ...own.map(({ address }) => slotOf(address))])];
}
