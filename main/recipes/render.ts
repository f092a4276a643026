import type { Plan } from '../passthrough/plan.ts';
import type { Artefact, Recipe, RecipeTarget } from './artefact.ts';
import { bindingRenderers, bindingTrouble } from './binding.ts';
import { boundAtStart, idsAreUnique } from './bound-functions.ts';
import type { LeftCode } from './codes.ts';
import { grub } from './grub.ts';
import { initramfsTools, initramfsTrouble } from './initramfs-tools.ts';
import { libvirt } from './libvirt.ts';
import { optionValues } from './option-commands.ts';
import { proxmox } from './proxmox.ts';
import { qemu } from './qemu.ts';
import { undoScript } from './undo-script.ts';

/** In the order of work: first who takes the devices, then what is loaded when, then the kernel's options, then the guest. */
const order: readonly RecipeTarget[] = [
  'modprobe',
  'driver-override',
  'initramfs-tools',
  'grub',
  'libvirt',
  'qemu',
  'proxmox',
];

/** One function a target: its artefacts, or why there are none. */
const renderers = {
  grub,
  ...bindingRenderers,
  'initramfs-tools': (plan) => initramfsTrouble(plan) ?? initramfsTools(plan),
  libvirt,
  qemu,
  proxmox,
} as const satisfies Record<RecipeTarget, (plan: Plan) => Artefact | readonly Artefact[] | LeftCode>;

/**
 * What is asked for, and what that needs: by ids where nothing else has them, else by address; and a script of the
 * initramfs needs vfio-pci beside it.
 */
function withNeeds(plan: Plan, targets: readonly RecipeTarget[]): ReadonlySet<RecipeTarget> {
  const wanted = new Set(targets);
  if (wanted.has('modprobe') && !idsAreUnique(boundAtStart(plan))) wanted.add('driver-override');
  if (wanted.has('driver-override') && bindingTrouble(plan) === null && initramfsTrouble(plan) === null)
    wanted.add('initramfs-tools');
  return wanted;
}

/** The files for these targets, in the order of work, the whole way back, and what could not be written and why. Pure. */
export function renderRecipe(plan: Plan, targets: readonly RecipeTarget[]): Recipe {
  const wanted = withNeeds(plan, targets);
  const artefacts: Artefact[] = [];
  const left: Recipe['left'] = [];
  for (const target of order.filter((one) => wanted.has(one))) {
    const rendered: Artefact | readonly Artefact[] | LeftCode = renderers[target](plan);
    if (typeof rendered === 'string') {
      const values = target === 'grub' ? optionValues(rendered, plan) : {};
      left.push({ target, code: rendered, values });
    } else if ('file' in rendered) artefacts.push(rendered);
    else artefacts.push(...rendered);
  }
  return { artefacts, undo: undoScript(artefacts), left };
}
