import type { PciAddress } from '../../main/machine/address.ts';
import type { Machine } from '../../main/machine/machine.ts';
import type { PciFunction } from '../../main/machine/pci-function.ts';
import type { Plan } from '../../main/passthrough/plan.ts';
import { acsStanding } from '../kit/acs.ts';

/** The ports at which the groups of a plan end because each has all of ACS, in the order of the addresses; each once. */
export function keptApartBy(plan: Plan, machine: Machine): PciAddress[] {
  if (!machine.groups.known) return [];
  const groupOf = new Map(machine.groups.value.flatMap(({ id, devices }) => devices.map((device) => [device, id])));
  const functions = new Map<string, PciFunction>(machine.functions.map((fn) => [fn.address, fn]));
  const ports = plan.give.flatMap(({ address, group }) => {
    let at = functions.get(address);
    while (at !== undefined && groupOf.get(at.address) === group)
      at = at.parent === null ? undefined : functions.get(at.parent);
    return at !== undefined && acsStanding(at) === 'full' ? [at.address] : [];
  });
  return [...new Set(ports)].sort();
}
