import { addressParts } from '../machine/address.ts';
import type { Given } from '../passthrough/plan.ts';
import { bySlot } from './place.ts';

/** A host function and the function number that it has in its guest slot. */
export interface Seat {
  readonly given: Given;
  readonly function: number;
}

/**
 * One guest slot a card. Function numbers stay as on the host, as drivers of some cards look for their siblings by
 * number; a slot without function 0 would not be seen by the guest (PCI Local Bus specification, section 6.1), so there they are
 * numbered anew.
 */
export function guestSlots(given: readonly Given[]): Seat[][] {
  return bySlot(given).map((card) => {
    const kept = card.map((function_) => ({ given: function_, function: addressParts(function_.address).function }));
    return kept.some((seat) => seat.function === 0) ? kept : kept.map((seat, index) => ({ ...seat, function: index }));
  });
}
