import type { Machine } from '../../main/machine/machine.ts';
import type { Plan } from '../../main/passthrough/plan.ts';

/** What a person sits in front of. */
export const inputKinds = ['keyboard', 'mouse'] as const;
export type InputKind = (typeof inputKinds)[number];

export interface InputMoves {
  /** of which kinds one at least crosses over with the plan */
  readonly crossing: readonly InputKind[];
  /** of which kinds one at least stays; those on the PS/2 port are not known, as passthrough/losses/usb.ts says */
  readonly staying: readonly InputKind[];
}

/** Which of the host's USB keyboards and mice go, and which stay; both empty where the source does not tell. */
export function inputMoves(plan: Plan, machine: Machine): InputMoves {
  const given = new Set(plan.give.map(({ address }) => address));
  const devices = machine.usb.known ? machine.usb.value : [];
  const kindsWhere = (goes: boolean): InputKind[] =>
    inputKinds.filter((wanted) =>
      devices.some(({ kind, behind }) => kind === wanted && (behind !== null && given.has(behind)) === goes),
    );
  return { crossing: kindsWhere(true), staying: kindsWhere(false) };
}
