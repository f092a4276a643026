import type { Recipe } from './artefact.ts';
import { textAfterUndo } from './host-file.ts';
import { manifestOf } from './manifest.ts';

export interface RecipeFile {
  /** relative to the recipe's folder, with `/`, no `..` */
  readonly file: string;
  /** octal text, `0644` */
  readonly mode: string;
  readonly content: string;
}

/** Every file of a recipe's folder: the way back first, the artefacts, copies of what they replace, the manifest. */
export function recipeFiles(recipe: Recipe): RecipeFile[] {
  if (recipe.artefacts.length === 0) return [];
  return [
    { file: 'undo.sh', mode: '0755', content: recipe.undo },
    ...recipe.artefacts.map(({ file, mode, content }) => ({ file, mode, content })),
    ...recipe.artefacts.flatMap((artefact) => {
      const old = textAfterUndo(artefact);
      return artefact.path === null || old === null
        ? []
        : [{ file: `before${artefact.path}`, mode: artefact.mode, content: old }];
    }),
    { file: 'manifest.json', mode: '0644', content: `${JSON.stringify(manifestOf(recipe), null, 2)}\n` },
  ];
}
