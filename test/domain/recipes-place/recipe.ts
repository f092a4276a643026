import type { Plan } from '../../../main/passthrough/plan.ts';
import type { Artefact, RecipeTarget } from '../../../main/recipes/artefact.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';

/** The first file of a target as it is really written. */
export function written(plan: Plan, target: RecipeTarget): Artefact {
  const found = renderRecipe(plan, [target]).artefacts.find((one) => one.target === target);
  if (found === undefined) throw new Error(`nothing written for ${target}`);
  return found;
}
