import { measured } from '../machine/fact.ts';
import type { PciAddress } from '../machine/address.ts';
import type { Machine } from '../machine/machine.ts';
import type { PciFunction, PciIds } from '../machine/pci-function.ts';
import type { Evidence } from '../passthrough/finding.ts';
import type { Given, Plan } from '../passthrough/plan.ts';
import { evidenceFrom, type JourneyClaim } from './evidence.ts';

/**
 * Where a planned function is now. `renumbered`: the same place in the tree under another bus number; `elsewhere`: the
 * same kind of card in another slot; only `here` and `renumbered` still fit the plan.
 */
export type Place = 'here' | 'renumbered' | 'elsewhere' | 'gone';

export interface Placed {
  readonly given: Given;
  readonly place: Place;
  /** null when gone */
  readonly fn: PciFunction | null;
}

/** Finds each planned function by its path and ids, never by the address alone: buses renumber. */
export function placePlan(plan: Plan, machine: Machine): Placed[] {
  return plan.give.map((given) => placeGiven(given, machine));
}

function placeGiven(given: Given, machine: Machine): Placed {
  const atPath = machine.functions.find((fn) => fn.path === given.path && sameIds(given.ids, fn));
  if (atPath) return { given, place: atPath.address === given.address ? 'here' : 'renumbered', fn: atPath };
  const other = given.ids && machine.functions.find((fn) => sameIds(given.ids, fn) && !isTwin(given, fn.address));
  return other ? { given, place: 'elsewhere', fn: other } : { given, place: 'gone', fn: null };
}

const isTwin = (given: Given, address: PciAddress): boolean => given.twins.includes(address);

/** Ids that one side does not tell cannot contradict; the revision is left out, a firmware update may change it. */
function sameIds(ids: PciIds | null, fn: PciFunction): boolean {
  if (ids === null || !fn.ids.known) return true;
  const there = fn.ids.value;
  const agree = (a: number | null, b: number | null): boolean => a === null || b === null || a === b;
  return (
    ids.vendor === there.vendor &&
    ids.device === there.device &&
    agree(ids.subsystemVendor, there.subsystemVendor) &&
    agree(ids.subsystemDevice, there.subsystemDevice)
  );
}

const claims = {
  here: 'function-here',
  renumbered: 'function-renumbered',
  elsewhere: 'function-elsewhere',
  gone: 'function-gone',
} as const satisfies Record<Place, JourneyClaim>;

export const placeEvidence = ({ given, place, fn }: Placed): Evidence =>
  evidenceFrom(claims[place], measured(null, given.path), fn ? `${given.address} → ${fn.address}` : given.address);
