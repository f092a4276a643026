import type { Machine } from '../../main/machine/machine.ts';
import type { PlanUnknown } from '../../main/passthrough/losses/situations.ts';
import type { Loss, LossKind, Plan } from '../../main/passthrough/plan.ts';

/** One line of the plan's guards. */
export interface GuardLine {
  readonly code: 'disk' | 'boot-display' | 'network' | 'input' | 'twins' | 'reset';
  /** unknown: no loss was found, and the source does not tell all that a loss is found by */
  readonly mark: 'done' | 'open' | 'refused' | 'unknown';
  readonly losses: readonly Loss[];
  /** twins: addresses of the others */
  readonly twins: readonly string[];
}

const kinds = ['disk', 'boot-display', 'network', 'input'] as const satisfies readonly LossKind[];

/** What leaves a guard undecided where it finds no loss: what is not known to cross is not known to stay. */
const undecidedBy: Readonly<Record<(typeof kinds)[number], readonly PlanUnknown[]>> = {
  disk: ['mounts'],
  'boot-display': ['boot-display', 'screens'],
  network: ['network', 'addresses', 'routes'],
  input: ['input'],
};

/** The guards that every plan passes, and those that concern this one. */
export function guardList(plan: Plan, machine: Machine): GuardLine[] {
  const lines = kinds.map((code): GuardLine => {
    const losses = plan.losses.filter(({ kind, guard }) => kind === code && guard !== 'tell');
    const mark = losses.some(({ guard }) => guard === 'refuse')
      ? 'refused'
      : losses.some(({ answered }) => !answered)
        ? 'open'
        : losses.length === 0 && plan.unknowns.some((unknown) => undecidedBy[code].some((one) => one === unknown.code))
          ? 'unknown'
          : 'done';
    return { code, mark, losses, twins: [] };
  });
  const twins = [...new Set(plan.give.flatMap((one) => one.twins))];
  if (twins.length > 0) lines.push({ code: 'twins', mark: 'done', losses: [], twins });
  const given = machine.functions.filter(({ address }) => plan.give.some((one) => one.address === address));
  const resets = given.every(({ express }) => express.known && express.value?.flr === true);
  if (given.length > 0 && resets) lines.push({ code: 'reset', mark: 'done', losses: [], twins: [] });
  return lines;
}
