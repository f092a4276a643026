import { valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import { candidates } from './candidates.ts';
import type { Answer, Finding, FindingCode, Values } from './finding.ts';

/** What the first screen says, and the answer that it stands for: the keys of words/findings.ts. */
export const answerSituations = {
  ready: 'yes',
  /** all is well, but for single devices that cannot be given */
  'ready-except': 'yes',
  'ready-as-told': 'yes',
  'after-firmware': 'yes-after',
  'after-virtualization': 'yes-after',
  'after-kernel': 'yes-after',
  'after-nesting': 'yes-after',
  'after-interrupt-remapping': 'yes-after',
  'not-this-slot': 'no',
  'firmware-holds-memory': 'no',
  'nothing-to-give': 'no',
  'other-architecture': 'unknown',
  'seen-from-windows': 'unknown',
  'cannot-know': 'unknown',
} as const satisfies Record<string, Answer>;
export type AnswerSituation = keyof typeof answerSituations;

/** The first of these that was found decides; in the order in which the obstacles have to go. */
const obstacles: readonly (readonly [FindingCode, readonly string[], AnswerSituation])[] = [
  ['virtualization-extension', ['off-in-vm'], 'after-nesting'],
  ['firmware-table', ['missing', 'missing-in-vm'], 'after-firmware'],
  ['virtualization-extension', ['off', 'off-in-firmware'], 'after-virtualization'],
  ['iommu-on', ['switched-off', 'not-switched-on', 'off-unexplained'], 'after-kernel'],
  ['interrupt-remapping', ['switched-off'], 'after-kernel'],
  ['interrupt-remapping', ['off', 'not-offered'], 'after-interrupt-remapping'],
];

/** The machine's own requirements: with all four known to be fine nothing stands in the way. */
const required: readonly FindingCode[] = [
  'virtualization-extension',
  'firmware-table',
  'iommu-on',
  'interrupt-remapping',
];

/** Everything that Windows can tell is there, and nothing of it stands in the way. */
const seenFromWindows = ({ groups, cpu }: Machine): boolean =>
  !groups.known && groups.needs === 'linux' && cpu.virtualization.known;

/** Names, with addresses, of what could be given and is held back for a reason of its own. */
function stuckDevices(machine: Machine, findings: readonly Finding[]): string[] {
  const stuck = new Set(
    findings.flatMap(({ code, verdict, values }) =>
      (code === 'group-viable' || code === 'reserved-memory') && verdict === 'blocks' ? [values['address']] : [],
    ),
  );
  return candidates(machine)
    .filter(({ address }) => stuck.has(address))
    .map(({ name, address }) => `${name} (${address})`);
}

function situationOf(machine: Machine, findings: readonly Finding[]): AnswerSituation {
  const situation = (code: FindingCode): string | undefined => findings.find((found) => found.code === code)?.situation;
  const on = situation('iommu-on') === 'on';
  if (valueOr(machine.cpu.vendor, null) === 'other' && !on) return 'other-architecture';
  const choices = candidates(machine);
  if (choices.length === 0) return 'nothing-to-give';
  const obstacle = obstacles.find(([code, situations]) => situations.includes(situation(code) ?? ''));
  // A guest has no firmware setup to go into: what is missing is missing in the machine around it.
  if (obstacle?.[2] === 'after-firmware' && valueOr(machine.cpu.underHypervisor, false)) return 'after-nesting';
  if (obstacle !== undefined) return obstacle[2];
  if (!on) return seenFromWindows(machine) ? 'seen-from-windows' : 'cannot-know';
  const cards = choices.filter(({ kind }) => kind === 'gpu');
  const allStuck = (...by: FindingCode[]): boolean => {
    const stuck = findings.filter(({ code, verdict }) => by.includes(code) && verdict === 'blocks');
    return cards.length > 0 && cards.every(({ address }) => stuck.some(({ values }) => values['address'] === address));
  };
  if (allStuck('group-viable')) return 'not-this-slot';
  if (allStuck('group-viable', 'reserved-memory')) return 'firmware-holds-memory';
  const sure = required.every((code) =>
    ['fine', 'attention'].includes(findings.find((f) => f.code === code)?.verdict ?? ''),
  );
  if (!sure) return 'ready-as-told';
  return stuckDevices(machine, findings).length > 0 ? 'ready-except' : 'ready';
}

/** The one answer, the situation that it is given in, and the values that its sentence names. */
export function answer(
  machine: Machine,
  findings: readonly Finding[],
): { answer: Answer; situation: AnswerSituation; values: Values } {
  const situation = situationOf(machine, findings);
  const choices = candidates(machine);
  const cards = choices.filter(({ kind }) => kind === 'gpu');
  const decided = obstacles.find(([, , after]) => after === situation);
  const decisive = findings.find(({ code, verdict }) => code === decided?.[0] && verdict === 'blocks');
  return {
    answer: answerSituations[situation],
    situation,
    values: {
      cards: cards.map(({ name }) => name),
      cardCount: cards.length,
      choiceCount: choices.length,
      stuck: stuckDevices(machine, findings),
      table: findings.find(({ code }) => code === 'firmware-table')?.values['table'] ?? '',
      extension: findings.find(({ code }) => code === 'virtualization-extension')?.values['extension'] ?? '',
      ...(cards.length > 0 && cards.every(({ grouping }) => grouping === 'predicted')
        ? { cardsFree: cards.filter(({ losses }) => losses.every(({ guard }) => guard !== 'refuse')).length }
        : {}),
      option: decisive?.values['option'] ?? '',
      untold: required.filter((code) => findings.find((found) => found.code === code)?.verdict === 'unknown'),
    },
  };
}
