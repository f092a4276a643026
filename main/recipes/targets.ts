import type { InitramfsTool } from '../machine/machine.ts';
import type { Plan } from '../passthrough/plan.ts';
import type { RecipeTarget } from './artefact.ts';
import { boundAtStart, idsAreUnique } from './bound-functions.ts';
import type { TargetCode } from './codes.ts';
import { grubTrouble } from './grub.ts';
import { imageTrouble } from './image-host.ts';
import { initramfsTrouble } from './initramfs-trouble.ts';

export interface TargetFit {
  readonly target: RecipeTarget;
  /** this host is known to take it */
  readonly found: boolean;
  /** why it is not, or not the first choice */
  readonly code: TargetCode | null;
}

const grubFit = (plan: Plan): TargetCode | null =>
  grubTrouble(plan) ?? (plan.host.bootLoader === null ? 'loader-unknown' : null);

const initramfsFit = (plan: Plan, tool: InitramfsTool): TargetCode | null =>
  initramfsTrouble(plan, tool) ?? (plan.host.initramfs === null ? 'initramfs-unknown' : null);

/** Which targets fit this plan's host: the host's own first, in the order of work, what fits before what does not. */
export function targetsFor(plan: Plan): TargetFit[] {
  const unique = idsAreUnique(boundAtStart(plan));
  const { proxmox } = plan.host;
  const image = imageTrouble(plan);
  const codes: readonly (readonly [RecipeTarget, TargetCode | null])[] = [
    ['modprobe', image ?? (unique ? null : 'ids-not-unique')],
    ['driver-override', image ?? (unique ? 'ids-are-unique' : null)],
    ['initramfs-tools', initramfsFit(plan, 'initramfs-tools')],
    ['mkinitcpio', initramfsFit(plan, 'mkinitcpio')],
    ['dracut', initramfsFit(plan, 'dracut')],
    ['grub', grubFit(plan)],
    ['proxmox', proxmox === true ? null : proxmox === false ? 'no-proxmox' : 'proxmox-unknown'],
    ['libvirt', proxmox === true ? 'proxmox-host' : null],
    ['qemu', 'by-hand'],
  ];
  const fits = codes.map(([target, code]) => ({ target, found: code === null, code }));
  return [...fits.filter(({ found }) => found), ...fits.filter(({ found }) => !found)];
}
