import type { OutputOf } from '../../main/contract/endpoint.ts';
import type { SlotwiseContract } from '../../main/contract/contract.ts';
import type { RecipeTarget } from '../../main/recipes/artefact.ts';

export type Fit = OutputOf<SlotwiseContract['recipe.targets']>[number];

/** Targets that are the person's to choose: what runs the virtual machine. The host's follow from what it is. */
const guestTargets = ['libvirt', 'qemu', 'proxmox'] as const satisfies readonly RecipeTarget[];
export type GuestTarget = (typeof guestTargets)[number];

const isGuest = (target: RecipeTarget): target is GuestTarget =>
  (guestTargets as readonly RecipeTarget[]).includes(target);

/** Ways to do one thing, of which at most one fits a plan: to bind, and to have vfio-pci in the initramfs. */
const choices: readonly (readonly [RecipeTarget, ...RecipeTarget[]])[] = [
  ['modprobe', 'driver-override'],
  ['initramfs-tools', 'mkinitcpio', 'dracut'],
];

/**
 * What is asked for on the host: of each choice the way that fits, and everything else. What cannot be written comes back
 * with its reason, which is worth knowing; that of another way is not. Where none fits, the first is asked for its reason.
 */
export function hostTargets(fits: readonly Fit[]): RecipeTarget[] {
  const passed = choices.flatMap((ways) => {
    const taken = fits.find(({ target, found }) => found && ways.includes(target))?.target ?? ways[0];
    return ways.filter((way) => way !== taken);
  });
  return fits.filter(({ target }) => !isGuest(target) && !passed.includes(target)).map(({ target }) => target);
}

/** The choices for the virtual machine, in one order whatever fits; `code` says why one is not the first choice. */
export const guestFits = (fits: readonly Fit[]): { target: GuestTarget; found: boolean; code: string | null }[] =>
  guestTargets.flatMap((target) => {
    const fit = fits.find((one) => one.target === target);
    return fit === undefined ? [] : [{ target, found: fit.found, code: fit.code }];
  });

/** The link's choice if it is one, else the first that fits, else libvirt, which most hosts can have. */
export function guestTarget(fits: readonly Fit[], wanted: string | undefined): GuestTarget {
  const guests = guestFits(fits);
  const asked = guests.find(({ target }) => target === wanted);
  return (asked ?? guests.find(({ found }) => found))?.target ?? 'libvirt';
}
