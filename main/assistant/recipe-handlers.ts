import type { SlotwiseHandlers } from '../contract/contract.ts';
import { fine, refuse, type Reply } from '../contract/problem.ts';
import { fingerprint } from '../journey/fingerprint.ts';
import { journeyKey } from '../journey/journey-key.ts';
import { parseSavedRecipes, standingOf, standings, withSaved, type SavedRecipe } from '../journey/saved-recipes.ts';
import type { Machine } from '../machine/machine.ts';
import { openGuard } from '../passthrough/open-guard.ts';
import type { Plan } from '../passthrough/plan.ts';
import type { RecipeTarget } from '../recipes/artefact.ts';
import { recipeFiles } from '../recipes/files.ts';
import { targetsFor } from '../recipes/targets.ts';
import type { Needs } from './needs.ts';

type OnMachine = <T>(use: (machine: Machine) => Reply<T> | Promise<Reply<T>>) => Promise<Reply<T>>;
type Names = 'recipe.targets' | 'recipe.render' | 'recipe.save' | 'recipe.saved';

/**
 * The recipes' part of the contract. Where a recipe was saved is remembered by machine, so that another start finds it.
 */
export function recipeHandlers(needs: Needs, onMachine: OnMachine): Pick<SlotwiseHandlers, Names> {
  const remembered = new Map<string, readonly SavedRecipe[]>();

  const keyOf = (machine: Machine): string => `saved-${journeyKey(machine)}`;
  const known = async (machine: Machine): Promise<readonly SavedRecipe[]> => {
    const key = keyOf(machine);
    const here = remembered.get(key) ?? parseSavedRecipes(await needs.load(key));
    remembered.set(key, here);
    return here;
  };
  const remember = async (machine: Machine, saved: SavedRecipe): Promise<void> => {
    const key = keyOf(machine);
    const kept = withSaved(await known(machine), saved);
    remembered.set(key, kept.recipes);
    // Files that were saved stay saved where nothing can be remembered of them.
    await needs.save(key, kept).catch(() => undefined);
  };

  const filesOf = async (plan: Plan, targets: readonly RecipeTarget[]) => {
    const { renderRecipe } = await import('../recipes/render.ts');
    return recipeFiles(renderRecipe(plan, [...targets]));
  };
  const recipeOf = (files: readonly { file: string; content: string }[]): string =>
    fingerprint(JSON.stringify(files.map(({ file, content }) => [file, content])));

  return {
    'recipe.targets': ({ plan }) => fine(targetsFor(plan)),
    'recipe.render': async ({ plan, targets }) => {
      const { renderRecipe } = await import('../recipes/render.ts');
      return fine(renderRecipe(plan, targets));
    },
    'recipe.save': ({ plan, targets }) =>
      onMachine(async (machine) => {
        // A plan whose guards stand open is not written.
        const open = openGuard(plan);
        if (open !== null) return refuse(open.code, open.subject);
        const files = await filesOf(plan, targets);
        if (files.length === 0) return refuse('nothing-to-write');
        const saved = await needs.saveFolder(plan.vm.name, files);
        if ('problem' in saved) return refuse(saved.problem, saved.where);
        const names = files.map(({ file }) => file);
        await remember(machine, {
          folder: saved.folder,
          files: names,
          savedAt: needs.now(),
          recipe: recipeOf(files),
        });
        return fine({ folder: saved.folder, files: names });
      }),
    'recipe.saved': ({ plan, targets }) =>
      onMachine(async (machine) => {
        const files = await filesOf(plan, targets);
        const recipe = recipeOf(files);
        const found = await Promise.all(
          (await known(machine))
            .filter((one) => one.recipe === recipe)
            .map(async ({ folder, files: names, savedAt }) => ({
              ...standingOf(
                files,
                await needs.readSaved(
                  folder,
                  files.map(({ file }) => file),
                ),
              ),
              folder,
              files: names,
              savedAt,
            })),
        );
        // The latest that still stands; where none does, the latest at all.
        const [best] = found.sort((a, b) => standings.indexOf(a.standing) - standings.indexOf(b.standing));
        return fine(best ?? null);
      }),
  };
}
