import type { Machine } from '../../main/machine/machine.ts';
import type { PlanUnknown } from '../../main/passthrough/losses/situations.ts';
import { inputMoves, type InputMoves } from './input-moves.ts';
import type { Loss, LossKind, Plan } from '../../main/passthrough/plan.ts';

/** One line of the plan's guards. */
export interface GuardLine {
  readonly code: 'disk' | 'boot-display' | 'network' | 'input' | 'twins' | 'reset';
  /**
   * unknown: no loss was found, and the source does not tell all that a loss is found by; told: something goes and nothing
   * has to be answered
   */
  readonly mark: 'done' | 'open' | 'refused' | 'unknown' | 'told';
  readonly losses: readonly Loss[];
  /** twins: addresses of the others */
  readonly twins: readonly string[];
  /** input: what goes and what stays */
  readonly moves: InputMoves | null;
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
    const moves = code === 'input' ? inputMoves(plan, machine) : null;
    const mark = losses.some(({ guard }) => guard === 'refuse')
      ? 'refused'
      : losses.some(({ answered }) => !answered)
        ? 'open'
        : losses.length === 0 && plan.unknowns.some((unknown) => undecidedBy[code].some((one) => one === unknown.code))
          ? 'unknown'
          : losses.length === 0 && moves !== null && moves.crossing.length > 0
            ? 'told'
            : 'done';
    return { code, mark, losses, twins: [], moves };
  });
  const twins = [...new Set(plan.give.flatMap((one) => one.twins))];
  if (twins.length > 0) lines.push({ code: 'twins', mark: 'done', losses: [], twins, moves: null });
  const given = machine.functions.filter(({ address }) => plan.give.some((one) => one.address === address));
  const resets = given.every(({ express }) => express.known && express.value?.flr === true);
  if (given.length > 0 && resets) lines.push({ code: 'reset', mark: 'done', losses: [], twins: [], moves: null });
  return lines;
}
