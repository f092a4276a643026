import type { Machine } from '../machine/machine.ts';
import type { Finding } from '../passthrough/finding.ts';
import { welcomeBack } from './checkpoint.ts';
import { firmwareGuideFor } from './firmware-steps.ts';
import { firmwareStage, hostStage, lookStage } from './host-stages.ts';
import { planStages } from './plan-stages.ts';
import type { StageResult } from './stage-result.ts';
import { stages, type Checkpoint, type Journey, type Stage, type StageState } from './state.ts';

/**
 * Where this machine stands on the way. Every stage is computed from the machine as it was last read; what a checkpoint
 * adds is the plan, and in which boot its files were put in place.
 */
export function journeyOf(machine: Machine, findings: readonly Finding[], checkpoint: Checkpoint | null): Journey {
  const { resumed, changes } = welcomeBack(checkpoint, machine);
  const firmware = firmwareGuideFor(machine);
  const results: { [S in Stage]: StageResult<S> } = {
    look: lookStage(machine),
    firmware: firmwareStage(machine, findings, firmware),
    host: hostStage(machine, findings),
    ...planStages(machine, resumed === 'other-machine' ? null : checkpoint),
  };
  const now = stages.find((stage) => isOpen(results[stage])) ?? 'verify';
  return {
    stages: stages.map((stage) => marked(stage, results[stage], stage === now)),
    now,
    resumed,
    changes,
    firmware,
    checkpoint,
  };
}

const isOpen = ({ state }: StageResult): boolean => state === 'open' || state === 'blocked';

/** The first open stage is the present one; later ones wait, or are over already. */
const marked = (stage: Stage, { state, ...rest }: StageResult, isNow: boolean): StageState => ({
  stage,
  mark: state === 'open' ? (isNow ? 'now' : 'to-come') : state,
  ...rest,
});
