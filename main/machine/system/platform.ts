import { known, measured, unknown, valueOr, type Fact } from '../fact.ts';
import { exists, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { Distribution, Machine, Platform } from '../machine.ts';

type Image = Machine['image'] extends Fact<infer T> ? T : never;

/** os-release's ID or VARIANT_ID of systems that are images, by what one uses to change them. */
const imagesById: Readonly<Record<string, NonNullable<Image>>> = {
  silverblue: 'ostree',
  kinoite: 'ostree',
  sericea: 'ostree',
  onyx: 'ostree',
  'sway-atomic': 'ostree',
  'budgie-atomic': 'ostree',
  'cosmic-atomic': 'ostree',
  coreos: 'ostree',
  iot: 'ostree',
  endless: 'ostree',
  bazzite: 'bootc',
  bluefin: 'bootc',
  aurora: 'bootc',
  nixos: 'nixos',
  'opensuse-microos': 'transactional',
  'opensuse-aeon': 'transactional',
  'opensuse-kalpa': 'transactional',
  'sle-micro': 'transactional',
  'sl-micro': 'transactional',
  steamos: 'steamos',
  chimeraos: 'other',
  vanilla: 'other',
  blendos: 'other',
  guix: 'other',
  flatcar: 'other',
  'ubuntu-core': 'other',
};

/**
 * Whether the system is an image. What the running system shows comes first: ostree leaves run/ostree-booted
 * (ostree-prepare-root) and `ostree=` on the command line, NixOS etc/NIXOS.
 */
export function readImage(tree: HostTree, distribution: Fact<Distribution>, kernel: Machine['kernel']): Fact<Image> {
  if (/-Unraid$/.test(valueOr(kernel.release, '')) || exists(tree, 'etc/unraid-version')) {
    return measured('unraid', '/etc/unraid-version');
  }
  if (isTrueNas(tree, valueOr(kernel.release, ''))) return measured('truenas', 'kernel release');
  if (exists(tree, 'etc/NIXOS')) return measured('nixos', '/etc/NIXOS');
  const named = valueOr(distribution, null);
  const byName = imagesById[named?.variant ?? ''] ?? imagesById[named?.id ?? ''];
  if (exists(tree, 'run/ostree-booted')) return measured(byName ?? 'ostree', '/run/ostree-booted');
  if (/(?:^|\s)ostree=/.test(valueOr(kernel.commandLine, ''))) return measured(byName ?? 'ostree', '/proc/cmdline');
  if (byName !== undefined) return known(byName, 'derived', distribution.where);
  return distribution.known ? known(null, 'derived', distribution.where) : unknown('fuller-source', distribution.where);
}

const isTrueNas = (tree: HostTree, release: string): boolean =>
  /truenas/i.test(release) || exists(tree, 'usr/bin/midclt');

/** Systems made for virtual machines; several may be true at once (XCP-ng is a Xen dom0). Empty: none of them. */
export function readPlatforms(
  tree: HostTree,
  distribution: Fact<Distribution>,
  proxmox: Fact<boolean>,
  release: Fact<string>,
): Fact<Platform[]> {
  const found: Platform[] = [];
  const named = valueOr(distribution, null);
  const words = `${named?.id ?? ''} ${named?.name ?? ''}`;
  if (valueOr(proxmox, false)) found.push('proxmox');
  if (/-Unraid$/.test(valueOr(release, '')) || exists(tree, 'etc/unraid-version')) found.push('unraid');
  if (isTrueNas(tree, valueOr(release, ''))) found.push('truenas');
  if (/xcp-ng|xenserver|xenenterprise/i.test(words)) found.push('xcp-ng');
  // The control domain says so (drivers/xen/xenfs/super.c capabilities_read).
  if (/control_d/.test(textOf(tree, 'proc/xen/capabilities') ?? '')) found.push('xen-dom0');
  if (/harvester/i.test(words)) found.push('harvester');
  if (found.length === 0 && !distribution.known) return unknown('fuller-source', distribution.where);
  return known(found, 'derived', distribution.known ? distribution.where : release.where);
}
