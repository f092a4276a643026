import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { recipeTargets } from '../../../main/recipes/artefact.ts';
import { recipeFiles } from '../../../main/recipes/files.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { twinFunctions } from '../../hosts/built-machine.ts';
import { amd, planOf } from './recipe-of.ts';

// The files as people get them, for reviewers to read. Made again by vitest's --update.
const folder = resolve(import.meta.dirname, '../../golden/recipes');
const all = [...recipeTargets];
const recipes = {
  'intel-debian': renderRecipe(planOf(), all),
  'amd-twins': renderRecipe(planOf({ ...amd, functions: twinFunctions() }), ['modprobe', 'grub', 'libvirt']),
  arch: renderRecipe(
    planOf({
      functions: twinFunctions(),
      distribution: 'arch',
      initramfs: 'mkinitcpio',
      configFiles: { 'etc/default/grub': 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="loglevel=3 quiet"\n' },
    }),
    ['modprobe', 'grub'],
  ),
};
const files = Object.entries(recipes).flatMap(([name, recipe]) =>
  recipeFiles(recipe).map((file) => ({ name, ...file })),
);

test.each(files)('$name: $file', async ({ name, file, content }) => {
  await expect(content).toMatchFileSnapshot(resolve(folder, name, file));
});
