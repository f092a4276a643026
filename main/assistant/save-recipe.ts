import { fine, refuse, type Reply } from '../contract/problem.ts';
import { openGuard } from '../passthrough/open-guard.ts';
import type { Plan } from '../passthrough/plan.ts';
import type { RecipeTarget } from '../recipes/artefact.ts';
import { recipeFiles } from '../recipes/files.ts';
import type { Needs } from './needs.ts';

/** Writes a recipe into a new folder of its own. A plan whose guards stand open is not written. */
export async function saveRecipe(
  plan: Plan,
  targets: readonly RecipeTarget[],
  needs: Needs,
): Promise<Reply<{ folder: string; files: string[] }>> {
  const open = openGuard(plan);
  if (open !== null) return refuse(open.code, open.subject);
  const { renderRecipe } = await import('../recipes/render.ts');
  const files = recipeFiles(renderRecipe(plan, [...targets]));
  if (files.length === 0) return refuse('nothing-to-write');
  const saved = await needs.saveFolder(plan.vm.name, files);
  return 'problem' in saved
    ? refuse(saved.problem, saved.where)
    : fine({ folder: saved.folder, files: files.map(({ file }) => file) });
}
