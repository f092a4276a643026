import type { OutputOf } from '../../main/contract/endpoint.ts';
import type { SlotwiseContract } from '../../main/contract/contract.ts';
import type { Recipe } from '../../main/recipes/artefact.ts';

export type Saved = OutputOf<SlotwiseContract['recipe.save']>;

const folders = new Map<string, Saved>();

const contentOf = ({ artefacts }: Recipe): string =>
  JSON.stringify(artefacts.map(({ file, content }) => [file, content]));

/** Where recipes were saved since the page was opened, by what is in them: leaving the place loses no folder. */
export const savedFolder = (recipe: Recipe): Saved | null => folders.get(contentOf(recipe)) ?? null;

export function rememberFolder(recipe: Recipe, saved: Saved): void {
  folders.set(contentOf(recipe), saved);
}
