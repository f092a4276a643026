import { known, valueOr } from '../machine/fact.ts';
import type { Assumption } from '../machine/grouping/assumptions.ts';
import { kernelRule } from '../machine/grouping/join.ts';
import { predictGroups } from '../machine/grouping/predict-groups.ts';
import type { Machine } from '../machine/machine.ts';

/**
 * What may be taken for granted and the answer still be called foretold: nearly every firmware puts all root buses behind
 * its units, and VMD domains follow their controllers. Hidden ACS or a hidden tree would make it a guess.
 */
const bearable: readonly Assumption['code'][] = ['no-table', 'vmd-order'];

const foretellings = new WeakMap<Machine, Machine | null>();

/**
 * The machine as it will be with its IOMMU on, its groups made by the kernel's rule; null where the kernel's own are
 * read, or the source shows too little for more than a guess. Only what a person could give is told from it: a plan
 * stands on groups that were read.
 */
export function foretold(machine: Machine): Machine | null {
  if (machine.groups.known && machine.groups.value.length > 0) return null;
  const before = foretellings.get(machine);
  if (before !== undefined) return before;
  const after = foretell(machine);
  foretellings.set(machine, after);
  return after;
}

function foretell(machine: Machine): Machine | null {
  const architecture = valueOr(machine.cpu.vendor, null);
  if (machine.functions.length === 0 || architecture === null || architecture === 'other') return null;
  const { groups, assumed } = predictGroups(machine);
  if (assumed.some(({ code }) => !bearable.includes(code))) return null;
  return {
    ...machine,
    groups: known(
      groups.map(({ id, devices }) => ({ id, devices: [...devices], type: null, reserved: [] })),
      'derived',
      kernelRule,
    ),
  };
}
