import type { InitramfsTool } from '../machine/machine.ts';
import type { Plan } from '../passthrough/plan.ts';

/** How this host takes kernel options for GRUB. */
export type GrubWay =
  /** Debian's grub-mkconfig sources /etc/default/grub.d/*.cfg after /etc/default/grub (util/grub-mkconfig.in, Debian's patch) */
  | 'drop-in'
  /** grub-mkconfig sources /etc/default/grub alone */
  | 'whole-file'
  /** options live in boot entries (Boot Loader Specification): Fedora, RHEL */
  | 'boot-entries'
  | 'proxmox-boot-tool'
  | 'systemd-boot'
  | 'other-loader'
  | 'loader-unknown';

const debianFamily = new Set(['debian', 'ubuntu', 'linuxmint', 'pop', 'proxmox', 'devuan', 'kali', 'raspbian']);

/** The distribution is Debian or made from it. Proxmox VE calls itself `debian`. */
export function isDebianFamily({ distribution }: Plan['host']): boolean {
  return distribution !== null && [distribution.id, ...distribution.idLike].some((id) => debianFamily.has(id));
}

export function grubWay(host: Plan['host']): GrubWay {
  if (host.bootLoader === 'grub-bls') return 'boot-entries';
  if (host.bootLoader === 'other') return 'other-loader';
  if (host.bootLoader !== null && host.bootLoader !== 'grub') return host.bootLoader;
  if (isDebianFamily(host)) return 'drop-in';
  if (host.distribution !== null) return host.bootLoader === null ? 'loader-unknown' : 'whole-file';
  return 'drop-in';
}

/**
 * What builds the initramfs, as far as files are written for it. Debian's own where the source names neither it nor another
 * distribution; null: not known, and not Debian's.
 */
export function initramfsOf(host: Plan['host']): InitramfsTool | null {
  if (host.initramfs !== null) return host.initramfs;
  return host.distribution === null || isDebianFamily(host) ? 'initramfs-tools' : null;
}

/** grub-mkconfig and its file, where there is no update-grub: Fedora and openSUSE call theirs grub2. */
export const remakeMenu = (host: Plan['host']): string => {
  const ids = host.distribution === null ? [] : [host.distribution.id, ...host.distribution.idLike];
  return ids.some((id) => /fedora|rhel|centos|suse/.test(id))
    ? 'grub2-mkconfig -o /boot/grub2/grub.cfg'
    : 'grub-mkconfig -o /boot/grub/grub.cfg';
};
