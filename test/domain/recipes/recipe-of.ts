import { isPlanProblem, makePlan } from '../../../main/passthrough/make-plan.ts';
import type { Plan, Profile } from '../../../main/passthrough/plan.ts';
import type { Artefact, Recipe, RecipeTarget } from '../../../main/recipes/artefact.ts';
import { at, debian, desktopFunctions, desktopGroups, machineWith, type Told } from '../../hosts/built-machine.ts';

/** The plan that gives these functions of a ready desktop, with what a test changes of it. */
export function planOf(
  facts: Partial<Told> = {},
  give = ['0000:01:00.0'],
  vmName = 'win11',
  profile: Profile = 'gaming',
): Plan {
  const machine = machineWith({ functions: desktopFunctions(), groups: desktopGroups(), ...debian, ...facts });
  const made = makePlan(machine, { give: give.map(at), keep: [], lose: [], vmName, profile });
  if (isPlanProblem(made)) throw new Error(`${made.code} ${made.subject}`);
  return made.plan;
}

/** The first artefact of a target; a test without it cannot go on. */
export function artefactOf({ artefacts }: Recipe, target: RecipeTarget): Artefact {
  const found = artefacts.find((one) => one.target === target);
  if (found === undefined) throw new Error(`no artefact for ${target}`);
  return found;
}

/** AMD instead of Intel, ready in every way. */
export const amd = { cpu: 'amd', virtualization: 'svm', tables: ['IVRS'] } as const;
