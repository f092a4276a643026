import { slotOf, type PciAddress } from '../../main/machine/address.ts';
import { moveOf, takesCard } from '../../main/machine/grouping/movable.ts';
import type { Machine } from '../../main/machine/machine.ts';

/** A slot that a card could go to, and what is in it now. */
export interface Slot {
  readonly port: PciAddress;
  readonly holds: readonly PciAddress[];
}

/** What sits right below a port, one function a card: the first stands for all of its slot. */
export function cardsBelow(machine: Machine, port: PciAddress): readonly PciAddress[] {
  const below = machine.functions.filter(({ parent }) => parent === port).map(({ address }) => address);
  return below.filter((address) => !below.some((other) => other < address && slotOf(other) === slotOf(address)));
}

/**
 * The slots of a machine that a card could go to, empty ones first. Where the source does not show which ports have
 * slots, none are offered.
 */
export function slotsOf(machine: Machine, card: PciAddress): readonly Slot[] {
  const home = machine.functions.find(({ address }) => address === card)?.parent ?? null;
  const slots = machine.functions.flatMap((fn): Slot[] => {
    const below = machine.functions.filter(({ parent }) => parent === fn.address);
    if (fn.address === home || !takesCard(fn, below) || 'problem' in moveOf(machine, card, fn.address)) return [];
    return [{ port: fn.address, holds: cardsBelow(machine, fn.address) }];
  });
  return slots.sort((a, b) => Number(a.holds.length > 0) - Number(b.holds.length > 0));
}
