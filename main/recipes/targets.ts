import type { Plan } from '../passthrough/plan.ts';
import type { RecipeTarget } from './artefact.ts';
import { boundAtStart, idsAreUnique } from './bound-functions.ts';
import { grubWay } from './boot-family.ts';
import type { TargetCode } from './codes.ts';

export interface TargetFit {
  readonly target: RecipeTarget;
  /** this host is known to take it */
  readonly found: boolean;
  /** why it is not, or not the first choice */
  readonly code: TargetCode | null;
}

function grubFit({ host }: Plan): TargetCode | null {
  const way = grubWay(host);
  if (way === 'boot-entries' || way === 'other-loader' || way === 'loader-unknown') return way;
  return host.bootLoader === null ? 'loader-unknown' : null;
}

function initramfsFit({ host }: Plan): TargetCode | null {
  if (host.initramfs === null) return 'initramfs-unknown';
  return host.initramfs === 'initramfs-tools' ? null : 'other-initramfs';
}

/** Which targets fit this plan's host: the host's own first, in the order of work, what fits before what does not. */
export function targetsFor(plan: Plan): TargetFit[] {
  const unique = idsAreUnique(boundAtStart(plan));
  const { proxmox } = plan.host;
  const codes: readonly (readonly [RecipeTarget, TargetCode | null])[] = [
    ['modprobe', unique ? null : 'ids-not-unique'],
    ['driver-override', unique ? 'ids-are-unique' : null],
    ['initramfs-tools', initramfsFit(plan)],
    ['grub', grubFit(plan)],
    ['proxmox', proxmox === true ? null : proxmox === false ? 'no-proxmox' : 'proxmox-unknown'],
    ['libvirt', proxmox === true ? 'proxmox-host' : null],
    ['qemu', 'by-hand'],
  ];
  const fits = codes.map(([target, code]) => ({ target, found: code === null, code }));
  return [...fits.filter(({ found }) => found), ...fits.filter(({ found }) => !found)];
}
