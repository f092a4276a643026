import type { PciAddress } from '../address.ts';
import { measured, unknown, type Fact } from '../fact.ts';
import { baseName, exists, textOf, wordOf } from '../files/read.ts';
import { realPath } from '../files/real-path.ts';
import type { NetworkInterface } from '../host-use.ts';
import type { HostTree } from '../host-tree.ts';
import { functionBehind } from '../sysfs/device-path.ts';
import type { Trouble } from '../trouble.ts';
import { readAddresses } from './addresses.ts';
import { readRoutes } from './routes.ts';

const home = 'sys/class/net';

interface Link {
  readonly name: string;
  readonly folder: string;
  readonly behind: PciAddress | null;
  /** made by the kernel, without hardware of its own */
  readonly virtual: boolean;
}

export interface Interfaces {
  readonly interfaces: Fact<NetworkInterface[]>;
  readonly troubles: readonly Trouble[];
}

/**
 * Interfaces with hardware, and the bridges, bonds and VLANs upon them. An address or a default route of an upper
 * interface counts for all below it: whoever takes the card of `vmbr0` away takes its address away.
 */
export function readInterfaces(tree: HostTree): Interfaces {
  const links = tree.list(home).flatMap((name) => linkOf(tree, name));
  if (links.length === 0 && !exists(tree, home)) {
    return { interfaces: unknown('fuller-source', `/${home}`), troubles: [] };
  }
  const routes = readRoutes(tree);
  const addresses = readAddresses(tree, routes.connected);
  const uppers = stackOf(tree, links, addresses.stacked);
  const hardware = links.filter((link) => !link.virtual).map((link) => link.name);
  const upon = new Set(hardware.flatMap((name) => [...above(name, uppers)]));
  const described = links
    .filter((link) => !link.virtual || upon.has(link.name))
    .map((link): NetworkInterface => {
      const names = [link.name, ...above(link.name, uppers)];
      const own = names.flatMap((name) => addresses.byInterface?.get(name) ?? []);
      return {
        name: link.name,
        behind: link.behind,
        addresses: addresses.byInterface ? [...new Set(own)] : null,
        defaultRoute: routes.defaults ? names.some((name) => routes.defaults?.has(name)) : null,
        up: upOf(tree, link.folder),
        master: masterOf(tree, link.folder) ?? uppers.get(link.name)?.values().next().value ?? null,
        wireless: exists(tree, `${link.folder}/wireless`) || exists(tree, `${link.folder}/phy80211`),
      };
    });
  return {
    interfaces: measured(described, `/${home}`),
    troubles: addresses.notUnderstood ? [{ where: '/cmd/ip-addr.txt', code: 'file-not-understood' }] : [],
  };
}

function linkOf(tree: HostTree, name: string): Link[] {
  // `bonding_masters` is a plain file among the links; the loopback is never given away.
  if (name === 'lo' || name === 'bonding_masters') return [];
  const folder = realPath(tree, `${home}/${name}`);
  if (folder === null) return [];
  const behind = functionBehind(folder);
  const unlinked = folder === `${home}/${name}` && !exists(tree, `${folder}/device`);
  return [{ name, folder, behind, virtual: behind === null && (folder.includes('/virtual/') || unlinked) }];
}

function masterOf(tree: HostTree, folder: string): string | null {
  const target = tree.link(`${folder}/master`);
  return target === null ? null : baseName(target);
}

type Uppers = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Who stands directly upon whom. The kernel links neighbours both ways since 3.14 (`lower_eth0`, `upper_vmbr0`; net/core/dev.c
 * netdev_adjacent_sysfs_add) besides `master`; VLANs may show by name only (`eth0.100`).
 */
function stackOf(tree: HostTree, links: readonly Link[], told: readonly (readonly [string, string])[]): Uppers {
  const uppers = new Map<string, Set<string>>();
  const add = (upper: string, lower: string): void => {
    if (upper === lower) return;
    const known = uppers.get(lower);
    if (known) known.add(upper);
    else uppers.set(lower, new Set([upper]));
  };
  for (const { name, folder } of links) {
    const master = masterOf(tree, folder);
    if (master !== null) add(master, name);
    for (const entry of tree.list(folder)) {
      if (entry.startsWith('lower_')) add(name, entry.slice('lower_'.length));
      if (entry.startsWith('upper_')) add(entry.slice('upper_'.length), name);
    }
    for (const port of tree.list(`${folder}/brif`)) add(name, port);
    for (const slave of wordOf(tree, `${folder}/bonding/slaves`)?.split(/\s+/) ?? []) add(name, slave);
    const vlanOf = /^(.+)\.\d{1,4}$/.exec(name)?.[1];
    if (vlanOf !== undefined && links.some((link) => link.name === vlanOf)) add(name, vlanOf);
  }
  for (const [upper, lower] of told) add(upper, lower);
  return uppers;
}

/** Everything that stands upon an interface, nearest first. */
function above(name: string, uppers: Uppers): ReadonlySet<string> {
  const found = new Set<string>();
  const ahead = [...(uppers.get(name) ?? [])];
  for (let upper = ahead.shift(); upper !== undefined; upper = ahead.shift()) {
    if (upper === name || found.has(upper)) continue;
    found.add(upper);
    ahead.push(...(uppers.get(upper) ?? []));
  }
  return found;
}

/** `operstate`, and `carrier` where that says `unknown` (drivers that do not tell); reading `carrier` fails while an interface is down. */
function upOf(tree: HostTree, folder: string): boolean | null {
  const state = wordOf(tree, `${folder}/operstate`);
  if (state === 'up') return true;
  if (state !== null && state !== 'unknown') return false;
  const carrier = textOf(tree, `${folder}/carrier`)?.trim();
  return carrier === '1' ? true : carrier === '0' ? false : null;
}
