import { known, measured, unknown, valueOr, type Fact } from '../fact.ts';
import { bytesOf, exists, textOf } from '../files/read.ts';
import { decodeUtf8 } from '../files/utf8.ts';
import type { HostTree } from '../host-tree.ts';
import type { BootLoader } from '../machine.ts';
import { assignments } from './distribution.ts';

const loaderInfo = 'sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';
const uuids = 'etc/kernel/proxmox-boot-uuids';
const grubDefaults = 'etc/default/grub';
const grubConfigs = ['boot/grub/grub.cfg', 'boot/grub2/grub.cfg', 'etc/grub2.cfg', 'etc/grub2-efi.cfg'];
const systemdBootFiles = ['boot/loader/loader.conf', 'efi/loader/loader.conf', 'boot/efi/loader/loader.conf'];

/**
 * The boot loader that started this kernel, as far as files tell. In order of weight: what the loader itself wrote into
 * its EFI variable (systemd's Boot Loader Interface; GRUB writes it too since 2.12); what it put on the command line
 * (GRUB's `linux` command adds BOOT_IMAGE=, systemd-boot passes `initrd=\…`); and, only assumed, whose configuration is
 * lying there. Marks that contradict each other leave it unknown.
 */
export function readBootLoader(tree: HostTree, commandLine: Fact<string>): Fact<BootLoader> {
  const said = nameInVariable(tree);
  if (/^systemd-boot/i.test(said))
    return measured(exists(tree, uuids) ? 'proxmox-boot-tool' : 'systemd-boot', `/${loaderInfo}`);
  if (/^GRUB/i.test(said)) return measured(grubKind(tree), `/${loaderInfo}`);
  if (said !== '') return measured('other', `/${loaderInfo}`);

  const line = valueOr(commandLine, '');
  if (/(?:^|\s)initrd=\\EFI\\proxmox\\/i.test(line)) return known('proxmox-boot-tool', 'derived', '/proc/cmdline');
  if (/(?:^|\s)initrd=\\/.test(line)) return known('systemd-boot', 'derived', '/proc/cmdline');
  const grubHere = exists(tree, grubDefaults) || grubConfigs.some((path) => exists(tree, path));
  // SYSLINUX adds BOOT_IMAGE= as well, so that it takes GRUB's files beside it.
  if (/(?:^|\s)BOOT_IMAGE=/.test(line) && grubHere) return known(grubKind(tree), 'derived', '/proc/cmdline');
  return byConfiguration(tree, grubHere);
}

function byConfiguration(tree: HostTree, grubHere: boolean): Fact<BootLoader> {
  const systemd = systemdBootFiles.find((path) => exists(tree, path));
  if (exists(tree, uuids) && !grubHere) return known('proxmox-boot-tool', 'assumed', `/${uuids}`);
  if (systemd !== undefined && !grubHere) return known('systemd-boot', 'assumed', `/${systemd}`);
  if (grubHere && systemd === undefined && !exists(tree, uuids))
    return known(grubKind(tree), 'assumed', `/${grubDefaults}`);
  return unknown('fuller-source', `/${loaderInfo}`);
}

/** With GRUB_ENABLE_BLSCFG=true the entries are files of the Boot Loader Specification, and grubby edits them (Fedora and its kin). */
function grubKind(tree: HostTree): BootLoader {
  const bls = assignments(textOf(tree, grubDefaults) ?? '').get('GRUB_ENABLE_BLSCFG') === 'true';
  return bls ? 'grub-bls' : 'grub';
}

/** UTF-16 after four bytes of attributes; plain ASCII in practice: `systemd-boot 252.5-2`. */
function nameInVariable(tree: HostTree): string {
  const bytes = bytesOf(tree, loaderInfo);
  return bytes ? decodeUtf8(bytes.subarray(4, 260).filter((byte, index) => index % 2 === 0 && byte !== 0)) : '';
}
