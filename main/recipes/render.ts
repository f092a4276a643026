import type { Plan } from '../passthrough/plan.ts';
import type { Artefact, Recipe, RecipeTarget } from './artefact.ts';
import { bindingRenderers, bindingTrouble } from './binding.ts';
import { initramfsOf } from './boot-family.ts';
import { boundAtStart, idsAreUnique } from './bound-functions.ts';
import type { LeftCode } from './codes.ts';
import { grub } from './grub.ts';
import { initramfsDropIn, isDropInTool } from './initramfs-drop-in.ts';
import { initramfsTools } from './initramfs-tools.ts';
import { initramfsTrouble } from './initramfs-trouble.ts';
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
  'mkinitcpio',
  'dracut',
  'grub',
  'libvirt',
  'qemu',
  'proxmox',
];

/** One function a target: its artefacts, or why there are none. */
const renderers = {
  grub,
  ...bindingRenderers,
  'initramfs-tools': (plan) => initramfsTrouble(plan, 'initramfs-tools') ?? initramfsTools(plan),
  mkinitcpio: (plan) => initramfsTrouble(plan, 'mkinitcpio') ?? initramfsDropIn(plan, 'mkinitcpio'),
  dracut: (plan) => initramfsTrouble(plan, 'dracut') ?? initramfsDropIn(plan, 'dracut'),
  libvirt,
  qemu,
  proxmox,
} as const satisfies Record<RecipeTarget, (plan: Plan) => Artefact | readonly Artefact[] | LeftCode>;

/**
 * What is asked for, and what that needs: by ids where nothing else has them, else by address; and a script of the
 * initramfs needs vfio-pci beside it; mkinitcpio and dracut take neither rule nor options in by themselves.
 */
function withNeeds(plan: Plan, targets: readonly RecipeTarget[]): ReadonlySet<RecipeTarget> {
  const wanted = new Set(targets);
  if (bindingTrouble(plan) !== null) return wanted;
  if (wanted.has('modprobe') && !idsAreUnique(boundAtStart(plan))) wanted.add('driver-override');
  const tool = initramfsOf(plan.host);
  if (wanted.has('driver-override') && tool === 'initramfs-tools') wanted.add(tool);
  if ((wanted.has('driver-override') || wanted.has('modprobe')) && isDropInTool(tool)) wanted.add(tool);
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
