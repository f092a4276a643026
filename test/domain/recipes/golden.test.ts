import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { recipeFiles } from '../../../main/recipes/files.ts';
import { goldenRecipes } from './golden-recipes.ts';

// The files as people get them, for reviewers to read. Made again by vitest's --update.
const folder = resolve(import.meta.dirname, '../../golden/recipes');
const files = Object.entries(goldenRecipes).flatMap(([name, recipe]) =>
  recipeFiles(recipe).map((file) => ({ name, ...file })),
);

test.each(files)('$name: $file', async ({ name, file, content }) => {
  await expect(content).toMatchFileSnapshot(resolve(folder, name, file));
});
