import { recipeTargets, type Recipe } from '../../../main/recipes/artefact.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { twinFunctions } from '../../hosts/built-machine.ts';
import { amd, planOf } from './recipe-of.ts';

const all = [...recipeTargets];

/** The recipes whose files are kept for reviewers to read, by the name of their folder. */
export const goldenRecipes = {
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
} as const satisfies Record<string, Recipe>;
