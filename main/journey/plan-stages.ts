import { known, valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import { evidenceFrom } from './evidence.ts';
import { placeEvidence, placePlan } from './plan-fit.ts';
import { resultsOf, type StageResult } from './stage-result.ts';
import type { Checkpoint, Stage } from './state.ts';
import { verifyPlan } from './verify-plan.ts';
import { writtenEvidence } from './written.ts';

type PlanStage = Extract<Stage, 'choose' | 'write' | 'reboot' | 'verify'>;

const chosen = resultsOf<'choose'>();
const written = resultsOf<'write'>();
const restarted = resultsOf<'reboot'>();
const verified = resultsOf<'verify'>();

/** The stages that need a plan. A checkpoint of another machine has to be left out by the caller. */
export function planStages(machine: Machine, checkpoint: Checkpoint | null): { [S in PlanStage]: StageResult<S> } {
  const plan = checkpoint?.plan ?? null;
  if (!checkpoint || !plan) {
    return {
      choose: chosen('open', 'nothing-chosen'),
      write: written('open', 'after-choosing'),
      reboot: restarted('open', 'after-writing'),
      verify: verified('open', 'after-restart'),
    };
  }
  const choose = chooseStage(machine, plan);
  const write = writeStage(machine, checkpoint, plan, choose);
  const verification = verifyPlan(plan, machine);
  const reboot = rebootStage(machine, checkpoint, write, verification.answer === 'took-effect');
  return { choose, write, reboot, verify: verifyStage(verification, reboot) };
}

type Plan = NonNullable<Checkpoint['plan']>;

function chooseStage(machine: Machine, plan: Plan): StageResult<'choose'> {
  const placed = placePlan(plan, machine);
  const evidence = placed.map(placeEvidence);
  // A virtual function is made anew in each boot by the driver of its physical one.
  const lost = placed.filter(({ place, given }) => place === 'gone' && !given.virtual);
  const strayed = placed.filter(({ place }) => place === 'elsewhere');
  const names = (some: typeof placed): string[] => some.map(({ given }) => given.name);
  if (lost.length > 0) return chosen('open', 'function-gone', { names: names(lost) }, evidence);
  if (strayed.length > 0) return chosen('open', 'other-slot', { names: names(strayed) }, evidence);
  const moved = placed.filter(({ place }) => place === 'renumbered');
  if (moved.length > 0) return chosen('done', 'renumbered', { names: names(moved), count: placed.length }, evidence);
  const wanted = placed.filter(({ given }) => given.reason === 'chosen');
  return chosen('done', 'chosen', { names: names(wanted), count: placed.length }, evidence);
}

/** Files carry addresses: after a renumbering they name the wrong device, whoever says that they are in place. */
function writeStage(
  machine: Machine,
  checkpoint: Checkpoint,
  plan: Plan,
  choose: StageResult<'choose'>,
): StageResult<'write'> {
  if (choose.state !== 'done') return written('open', 'after-choosing');
  if (choose.situation === 'renumbered') return written('open', 'addresses-changed', choose.values, choose.evidence);
  const lines = writtenEvidence(plan, machine);
  if (lines) return written('done', 'seen', { files: [...new Set(lines.map(({ where }) => where))] }, lines);
  if (!checkpoint.written) return written('open', 'not-written');
  return written('done', 'said', {}, [
    evidenceFrom('said-by-you', known(null, 'assumed', 'journey'), checkpoint.savedAt),
  ]);
}

/** Over when another boot runs than the one in which the files were put in place. */
function rebootStage(
  machine: Machine,
  checkpoint: Checkpoint,
  write: StageResult<'write'>,
  inEffect: boolean,
): StageResult<'reboot'> {
  if (write.state !== 'done') return restarted('open', 'after-writing');
  const { bootId } = machine.kernel;
  const before = checkpoint.writtenInBoot;
  const evidence = [evidenceFrom('boot-id', bootId, valueOr(bootId, null))];
  if (before !== null && bootId.known && bootId.value !== before) return restarted('done', 'restarted', {}, evidence);
  // Nothing tells in which boot the files were written; that this one works by them is told by the machine.
  if (inEffect && (before === null || !bootId.known)) return restarted('skipped', 'already-in-effect', {}, evidence);
  return restarted('open', bootId.known ? 'restart-now' : 'restart-not-seen', {}, evidence);
}

function verifyStage(
  verification: ReturnType<typeof verifyPlan>,
  reboot: StageResult<'reboot'>,
): StageResult<'verify'> {
  if (reboot.state === 'open') return verified('open', 'after-restart');
  const missing = verification.steps.filter(({ verdict }) => verdict !== 'took-effect');
  const evidence = (missing.length > 0 ? missing : verification.steps).flatMap((step) => step.evidence);
  const values = { steps: [...new Set(missing.map(({ code }) => code))], count: missing.length };
  switch (verification.answer) {
    case 'took-effect':
      return verified('done', 'took-effect', { count: verification.steps.length }, evidence);
    case 'not-yet':
      return verified('open', 'not-yet', values, evidence);
    case 'cannot-know':
      return verified('open', 'cannot-know', values, evidence);
  }
}
