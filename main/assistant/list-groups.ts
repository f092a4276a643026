import type { Groups, GroupsQuestion, GroupWithJoins } from '../contract/groups.ts';
import { fine, refuse, type Reply } from '../contract/problem.ts';
import { readAcsChoice } from '../machine/grouping/acs-settings.ts';
import { compareRead } from '../machine/grouping/compare-read.ts';
import { moveOf } from '../machine/grouping/movable.ts';
import { predictGroups, type PredictedGroup, type Prediction } from '../machine/grouping/predict-groups.ts';
import type { Machine } from '../machine/machine.ts';
import { assumptionWords } from '../words/grouping.ts';

/**
 * The kernel's own groups, sorted by number, each with why it is what it is; predicted ones where the source has none, or
 * where a question about another slot or setting asks for them.
 */
export function listGroups(machine: Machine, question: GroupsQuestion): Reply<Groups> {
  const whatIf = question.predict === true || question.acs !== undefined || question.move !== undefined;
  if (machine.groups.known && !whatIf) return fine(readGroups(machine, machine.groups.value));
  const acs = readAcsChoice(question.acs ?? 'as-is');
  if (!acs) return refuse('bad-input', '--acs', 'expected as-is, override:MODE or config:STR');
  if (!question.move) return fine(predictedGroups(predictGroups(machine, { acs, move: null })));
  const move = moveOf(machine, question.move.card, question.move.port, question.move.swap);
  if ('problem' in move) return refuse(move.problem, move.subject);
  return fine(predictedGroups(predictGroups(machine, { acs, move })));
}

export const withJoins = ({ id, devices, joins }: PredictedGroup): GroupWithJoins => ({
  id,
  devices: [...devices],
  joinedBy: joins.map(({ rule, port, missing }) => ({ rule, port, ...(missing ? { missing: [...missing] } : {}) })),
});

/** `assumed` in sentences; not there where nothing was. */
export const assumedIn = ({ assumed }: Prediction): { assumed?: string[] } =>
  assumed.length === 0 ? {} : { assumed: assumed.map(assumptionWords) };

const predictedGroups = (prediction: Prediction): Groups => ({
  source: 'predicted',
  groups: prediction.groups.map(withJoins),
  ...assumedIn(prediction),
});

function readGroups(machine: Machine, read: Extract<Machine['groups'], { known: true }>['value']): Groups {
  const prediction = predictGroups(machine);
  const { sharing, different } = compareRead(read, prediction.groups);
  const groups = read.map(({ id, devices }) => ({
    id,
    devices,
    // One member alone was joined by nothing, whatever a prediction says.
    joinedBy: devices.length < 2 ? [] : (sharing.get(id) ?? []).flatMap((group) => withJoins(group).joinedBy),
  }));
  const others = new Set(different.flatMap((id) => sharing.get(id) ?? []));
  return {
    source: 'read',
    groups,
    ...(others.size === 0 ? {} : { predicted: [...others].map(withJoins) }),
  };
}
