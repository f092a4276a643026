import { slotOf, type PciAddress } from '../../main/machine/address.ts';
import { isSlotPort, moveOf } from '../../main/machine/grouping/movable.ts';
import type { Machine } from '../../main/machine/machine.ts';

/** A slot that a card could go to, and what is in it now. */
export interface Slot {
  readonly port: PciAddress;
  readonly holds: readonly PciAddress[];
}

/**
 * The slots of a machine that a card could go to, empty ones first. A slot with ports in it (a riser, a switch) takes no
 * card itself. Where the source does not show which ports have slots, none are offered.
 */
export function slotsOf(machine: Machine, card: PciAddress): readonly Slot[] {
  const home = machine.functions.find(({ address }) => address === card)?.parent ?? null;
  const slots = machine.functions.flatMap((fn): Slot[] => {
    const slotted = fn.express.known && fn.express.value?.slotImplemented === true;
    if (!isSlotPort(fn) || !slotted || fn.address === home || 'problem' in moveOf(machine, card, fn.address)) return [];
    const below = machine.functions.filter(({ parent }) => parent === fn.address);
    if (below.some(({ header }) => header !== 'endpoint')) return [];
    return [
      {
        port: fn.address,
        holds: below.filter(({ address }) => address === firstOf(address, below)).map(({ address }) => address),
      },
    ];
  });
  return slots.sort((a, b) => Number(a.holds.length > 0) - Number(b.holds.length > 0));
}

/** The first function of the same card stands for all of them. */
const firstOf = (address: PciAddress, all: readonly { address: PciAddress }[]): PciAddress | undefined =>
  all
    .map((fn) => fn.address)
    .filter((other) => slotOf(other) === slotOf(address))
    .sort()[0];
