import type { PciAddress } from '../../machine/address.ts';
import type { Machine } from '../../machine/machine.ts';
import type { PciFunction } from '../../machine/pci-function.ts';
import type { Crossing } from '../comes-along.ts';
import { deviceName } from '../../machine/device-name.ts';
import type { Evidence, Values } from '../finding.ts';
import { indexFunctions } from '../functions.ts';
import type { Loss, LossKind } from '../plan.ts';
import { roleOf, type Role } from '../role.ts';
import type { lossSituations, PlanUnknown } from './situations.ts';

/** A function on its way to the guest, with what the sentences need. */
export interface Crossed {
  readonly fn: PciFunction;
  readonly role: Role;
  readonly crossing: Crossing;
  /** names of this function and of the chosen one that draws it in; its group where known */
  readonly values: Values;
}

/** What is asked of each kind of loss: the machine, all that crosses, and what stays. */
export interface Question {
  readonly machine: Machine;
  readonly crossed: readonly Crossed[];
  /** this function leaves the host */
  readonly gone: (address: PciAddress | null) => boolean;
}

export interface Answer {
  readonly losses: readonly Loss[];
  readonly unknowns: readonly { readonly code: PlanUnknown; readonly where: string }[];
}

export function makeQuestion(machine: Machine, crossings: readonly Crossing[]): Question {
  const index = indexFunctions(machine);
  const crossed = crossings.flatMap((crossing) => {
    const fn = index.byAddress.get(crossing.address);
    const chosen = index.byAddress.get(crossing.because);
    if (fn === undefined || chosen === undefined) return [];
    const group = index.groupOf?.get(fn.address);
    const values: Values = {
      device: deviceName(fn),
      address: fn.address,
      chosen: deviceName(chosen),
      chosenAddress: chosen.address,
      ...(group === undefined ? {} : { group: group.id }),
    };
    return [{ fn, role: roleOf(fn), crossing, values }];
  });
  const leaving = new Set(crossings.map(({ address }) => address));
  return { machine, crossed, gone: (address) => address !== null && leaving.has(address) };
}

/** A loss of one kind in one of that kind's situations; `name` is what `--lose` takes. */
export const loss = <K extends LossKind>(
  kind: K,
  situation: (typeof lossSituations)[K][number],
  guard: Loss['guard'],
  name: string,
  of: Crossed,
  values: Values,
  evidence: Evidence[],
): Loss => ({
  kind,
  name,
  address: of.fn.address,
  guard,
  situation,
  answered: false,
  values: { ...of.values, name, ...values },
  evidence,
});
