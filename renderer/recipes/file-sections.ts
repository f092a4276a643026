import type { Artefact } from '../../main/recipes/artefact.ts';
import { recipesPlaceWords } from '../../main/words/recipes-place.ts';

export type SectionName = 'host' | 'guest' | 'existing';

/** A file with its place in the order of work. */
export interface Listed {
  readonly artefact: Artefact;
  readonly at: number;
}

/** Host files, what makes the guest, and what adds to a guest that exists: of the last two one is to be taken. */
export const sectionOf = ({ path, remarks }: Pick<Artefact, 'path' | 'remarks'>): SectionName => {
  if (path !== null) return 'host';
  return remarks.some(({ code }) => code === 'for-a-machine-that-exists') ? 'existing' : 'guest';
};

export const fileSections = (artefacts: readonly Artefact[]): { name: SectionName; files: readonly Listed[] }[] =>
  (['host', 'guest', 'existing'] as const)
    .map((name) => ({
      name,
      files: artefacts.flatMap((artefact, at) => (sectionOf(artefact) === name ? [{ artefact, at }] : [])),
    }))
    .filter(({ files }) => files.length > 0);

/** `slotwise.conf` and `/etc/modprobe.d`; what is no file of the host has a name only. */
export function nameParts({ path, file }: Pick<Artefact, 'path' | 'file'>): { name: string; folder: string | null } {
  const whole = path ?? file;
  const cut = whole.lastIndexOf('/');
  return { name: whole.slice(cut + 1), folder: path === null ? null : whole.slice(0, cut) };
}

/** What kind of thing it is, where a folder says less. */
export function kindWords(artefact: Artefact): string | null {
  const { kinds } = recipesPlaceWords;
  if (sectionOf(artefact) === 'existing') return kinds.existing;
  switch (artefact.target) {
    case 'driver-override':
      return artefact.path?.includes('/init-top/') === true ? kinds['init-top'] : kinds['udev-rule'];
    case 'initramfs-tools':
      return kinds.hook;
    case 'libvirt':
    case 'qemu':
    case 'proxmox':
      return kinds[artefact.target];
    case 'grub':
      return artefact.path?.includes('/grub.d/') === true ? kinds['grub-drop-in'] : null;
    case 'modprobe':
    case 'mkinitcpio':
    case 'dracut':
      return null;
  }
}
