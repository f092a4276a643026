import type { Groups } from '../../main/contract/groups.ts';
import type { PciAddress } from '../../main/machine/address.ts';
import { known } from '../../main/machine/fact.ts';
import { moveOf, portAfter } from '../../main/machine/grouping/movable.ts';
import type { Group, Machine } from '../../main/machine/machine.ts';
import type { PciFunction } from '../../main/machine/pci-function.ts';
import { groupsWords } from '../../main/words/groups.ts';
import type { Asked } from './asked.ts';

/** How a function stands against the groups that were there before: its card moved, or its company is another. */
export type Change = 'moved' | 'apart' | 'joined';

/** The machine as a view draws it: its cards where they would be, its groups as the rule would make them. */
export function hypothesis(machine: Machine, asked: Asked, answer: Groups): Machine {
  const groups = numberedAs(answer, machine.groups.known ? machine.groups.value : []);
  return {
    ...machine,
    functions: asked.view === 'moved' ? movedFunctions(machine, asked) : machine.functions,
    groups: known(groups, 'derived', groupsWords.rule),
  };
}

function movedFunctions(machine: Machine, { card, port }: Asked): PciFunction[] {
  const move = card === null || port === null ? null : moveOf(machine, card, port, true);
  if (move === null || 'problem' in move) return machine.functions;
  const at = new Map(machine.functions.map((fn) => [fn.address, fn]));
  return machine.functions.map((fn) => {
    const parent = portAfter(fn, move);
    if (parent === fn.parent) return fn;
    return {
      ...fn,
      parent,
      path: `${parent === null ? '' : `${at.get(parent)?.path ?? ''}/`}${fn.path.split('/').at(-1) ?? ''}`,
    };
  });
}

/**
 * The predicted groups under numbers that can be compared: that of the read group which lends it most members, each used
 * once; further ones follow after the highest. Where none were read, the prediction's own.
 */
function numberedAs({ groups }: Groups, read: readonly Group[]): Group[] {
  const home = new Map(read.flatMap(({ id, devices }) => devices.map((device) => [device, id] as const)));
  const numbers = new Map<number, number>();
  const taken = new Set<number>();
  for (const { id, devices } of [...groups].sort((a, b) => b.devices.length - a.devices.length)) {
    const shares = new Map<number, number>();
    for (const device of devices) {
      const before = home.get(device);
      if (before !== undefined && !taken.has(before)) shares.set(before, (shares.get(before) ?? 0) + 1);
    }
    const [most] = [...shares].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    if (most === undefined) continue;
    numbers.set(id, most[0]);
    taken.add(most[0]);
  }
  let next = Math.max(-1, ...read.map(({ id }) => id)) + 1;
  return groups
    .map(({ id, devices }) => ({ id: numbers.get(id) ?? next++, devices, type: null, reserved: [] }))
    .sort((a, b) => a.id - b.id);
}

/**
 * What a view changes for each function, against the machine as it was read: who moved, and who is in another group now.
 * Those who stay under their group's number are not told, although they have lost somebody.
 */
export function changesOf(pair: readonly [machine: Machine, shown: Machine] | null): ReadonlyMap<PciAddress, Change> {
  const changes = new Map<PciAddress, Change>();
  if (pair === null) return changes;
  const [machine, shown] = pair;
  if (!machine.groups.known || !shown.groups.known || machine.groups.value.length === 0) return changes;
  const parents = new Map(machine.functions.map((fn) => [fn.address, fn.parent]));
  const before = groupsByFunction(machine.groups.value);
  const now = groupsByFunction(shown.groups.value);
  for (const { address, parent } of shown.functions) {
    const [then, later] = [before.get(address), now.get(address)];
    if (parent !== parents.get(address)) changes.set(address, 'moved');
    else if (then !== undefined && later !== undefined && then.id !== later.id)
      changes.set(address, later.devices.length < then.devices.length ? 'apart' : 'joined');
  }
  return changes;
}

const groupsByFunction = (groups: readonly Group[]): ReadonlyMap<PciAddress, Group> =>
  new Map(groups.flatMap((group) => group.devices.map((device) => [device, group] as const)));
