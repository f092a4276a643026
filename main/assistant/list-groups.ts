import type { Groups } from '../contract/groups.ts';
import { fine, refuse, type Reply } from '../contract/problem.ts';
import type { Machine } from '../machine/machine.ts';

/**
 * The kernel's own groups, sorted by number. A source without them answers `not-yet`: predicting them is a part of its
 * own.
 */
export function listGroups(machine: Machine): Reply<Groups> {
  if (!machine.groups.known) {
    return refuse('not-yet', machine.source.name, `no groups in the source (${machine.groups.where})`);
  }
  const groups = machine.groups.value.map(({ id, devices }) => ({ id, devices, joinedBy: [] }));
  return fine({ source: 'read', groups });
}
