import type { Plan } from './plan.ts';

/** What keeps a plan from being written: `refused` has no answer, `guard-open` waits for the name to be typed. */
export interface OpenGuard {
  readonly code: 'refused' | 'kernel-refuses' | 'guard-open';
  /** what is to be typed, or the device that is refused */
  readonly subject: string;
}

/** The first thing that stands in a plan's way, what cannot be answered before what can; null: it may be written. */
export function openGuard({ losses, findings }: Pick<Plan, 'losses' | 'findings'>): OpenGuard | null {
  const refused = losses.find(({ guard }) => guard === 'refuse');
  if (refused !== undefined) return { code: 'refused', subject: refused.name };
  const kernel = findings.find(({ verdict }) => verdict === 'blocks');
  if (kernel !== undefined) return { code: 'kernel-refuses', subject: kernel.subject ?? kernel.code };
  const asked = losses.find(({ guard, answered }) => guard === 'ask' && !answered);
  return asked === undefined ? null : { code: 'guard-open', subject: asked.name };
}
