import { exists, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { Machine } from '../machine.ts';

/** Files that recipes write to or that decide what a recipe means; `folder/` takes all of a folder. */
const places = [
  'etc/default/grub',
  'etc/default/grub.d/',
  'etc/kernel/cmdline',
  'etc/kernel/proxmox-boot-uuids',
  'etc/modprobe.d/',
  'etc/modules',
  'etc/modules-load.d/',
  'etc/initramfs-tools/modules',
  'etc/initramfs-tools/initramfs.conf',
  'etc/initramfs-tools/conf.d/',
  'etc/initramfs-tools/hooks/',
  'etc/initramfs-tools/scripts/init-top/',
  'etc/dracut.conf',
  'etc/dracut.conf.d/',
  'etc/mkinitcpio.conf',
  'etc/mkinitcpio.conf.d/',
  'etc/mkinitcpio.d/',
  'etc/booster.yaml',
  'etc/udev/rules.d/',
  'etc/driverctl.d/',
] as const;

const sizeLimit = 256 * 1024;

/** The host's configuration as it stands, with absolute paths, in the order of `places`. */
export function readConfigFiles(tree: HostTree): Machine['configFiles'] {
  const paths = places.flatMap((place) => {
    const folder = place.replace(/\/$/, '');
    if (folder !== place) return tree.list(folder).map((name) => `${place}${name}`);
    // `etc/default/grub*`: distributions keep siblings such as grub.ucf-dist.
    return place === 'etc/default/grub' ? grubSiblings(tree) : [place];
  });
  return paths.flatMap((path) => {
    const content = exists(tree, path) ? textOf(tree, path) : null;
    return content === null || content.length > sizeLimit ? [] : [{ path: `/${path}`, content }];
  });
}

const grubSiblings = (tree: HostTree): string[] =>
  tree
    .list('etc/default')
    .filter((name) => name.startsWith('grub') && name !== 'grub.d')
    .map((name) => `etc/default/${name}`);
