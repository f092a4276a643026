import * as v from 'valibot';

/** A folder that a recipe was saved to. */
export const savedRecipeShape = v.object({
  folder: v.string(),
  files: v.array(v.string()),
  /** ISO 8601 */
  savedAt: v.string(),
  /** what was in the files, by its fingerprint: another plan, or other targets, is another recipe */
  recipe: v.string(),
});
export type SavedRecipe = v.InferOutput<typeof savedRecipeShape>;

/** What is kept of a machine's saved recipes, the latest first. */
export const savedRecipesShape = v.object({
  slotwise: v.literal('saved-recipes'),
  version: v.literal(1),
  recipes: v.array(savedRecipeShape),
});

/** Folders before these are forgotten; they stay where they are. */
const mostKept = 32;

/** What was kept; nothing where it cannot be used. */
export function parseSavedRecipes(kept: unknown): readonly SavedRecipe[] {
  const parsed = v.safeParse(savedRecipesShape, kept);
  return parsed.success ? parsed.output.recipes : [];
}

/** The same with one more, in the form that is kept. */
export const withSaved = (
  before: readonly SavedRecipe[],
  saved: SavedRecipe,
): v.InferOutput<typeof savedRecipesShape> => ({
  slotwise: 'saved-recipes',
  version: 1,
  recipes: [saved, ...before.filter(({ folder }) => folder !== saved.folder)].slice(0, mostKept),
});

/** Whether saved files still stand there: all as written · some changed or gone · none of them. */
export const standings = ['there', 'changed', 'gone'] as const;
export type Standing = (typeof standings)[number];

/** How saved files stand; `now` is what is read of each, null for one that is gone. */
export function standingOf(
  written: readonly { readonly file: string; readonly content: string }[],
  now: readonly (string | null)[],
): { standing: Standing; differing: string[] } {
  const differing = written.flatMap(({ file, content }, at) => (now[at] === content ? [] : [file]));
  if (differing.length === 0) return { standing: 'there', differing };
  return { standing: now.every((text) => text === null) ? 'gone' : 'changed', differing };
}
