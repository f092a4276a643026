import { compareAddresses, parseAddress, type PciAddress } from '../address.ts';
import { measured, unknown, type Fact } from '../fact.ts';
import { groupSource } from '../group-source.ts';
import { baseName, exists, linesOf, textOf, wordOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import { readKernelLog } from '../kernel-log/kernel-log.ts';
import { logLine } from '../kernel-log/log-line.ts';
import type { Group } from '../machine.ts';
import type { FunctionFolder } from './function-folders.ts';

const home = 'sys/kernel/iommu_groups';

/**
 * The kernel's own groups: from sys/kernel/iommu_groups, else from the devices' `iommu_group` links, else from its log. A kernel with its
 * IOMMU off has made none; a source without any of these files cannot tell.
 */
export function readGroups(tree: HostTree, folders: readonly FunctionFolder[]): Fact<Group[]> {
  const listed = groupsListed(tree);
  if (listed.length > 0) return measured(listed, groupSource.folders);
  const linked = groupsLinked(tree, folders);
  if (linked.length > 0) return measured(linked, groupSource.links);
  // A copy that lost its links may still have the log of the boot that made the groups, from its beginning on.
  const logged = groupsLogged(tree);
  if (logged.length > 0) return measured(logged, groupSource.log);
  const linksKept = folders.some(({ folder }) => tree.link(`${folder}/subsystem`) ?? tree.link(`${folder}/driver`));
  return unknown(exists(tree, home) || linksKept ? 'iommu-on' : 'fuller-source', `/${home}`);
}

function groupsListed(tree: HostTree): Group[] {
  const groups: Group[] = [];
  for (const name of tree.list(home)) {
    if (!/^\d{1,9}$/.test(name)) continue;
    const folder = `${home}/${name}`;
    // VFIO's no-IOMMU mode makes groups that isolate nothing, and names them (drivers/vfio/group.c).
    if (wordOf(tree, `${folder}/name`) === 'vfio-noiommu') continue;
    const devices = addressesOf(tree.list(`${folder}/devices`));
    // Platform devices have groups of their own: they are no PCI functions.
    if (devices.length > 0) groups.push(groupOf(tree, Number(name), devices));
  }
  return groups.sort((a, b) => a.id - b.id);
}

function groupsLinked(tree: HostTree, folders: readonly FunctionFolder[]): Group[] {
  const members = new Map<number, PciAddress[]>();
  for (const { address, folder } of folders) {
    const target = tree.link(`${folder}/iommu_group`);
    const id = target === null ? '' : baseName(target);
    if (!/^\d{1,9}$/.test(id)) continue;
    members.set(Number(id), [...(members.get(Number(id)) ?? []), address]);
  }
  return groupsFrom(tree, members);
}

function groupsLogged(tree: HostTree): Group[] {
  const lines = linesOf(textOf(tree, 'cmd/dmesg.txt') ?? '');
  const members = new Map<number, PciAddress[]>();
  for (const [address, id] of readKernelLog(lines.map((line) => logLine(line).message)).groups) {
    members.set(id, [...(members.get(id) ?? []), address]);
  }
  // The kernel's buffer is a ring and counts groups from 0: where a number is missing, its beginning is lost.
  const last = Math.max(...members.keys());
  return members.size === last + 1 ? groupsFrom(tree, members) : [];
}

const groupsFrom = (tree: HostTree, members: ReadonlyMap<number, PciAddress[]>): Group[] =>
  [...members].sort(([a], [b]) => a - b).map(([id, devices]) => groupOf(tree, id, devices));

function groupOf(tree: HostTree, id: number, devices: PciAddress[]): Group {
  const folder = `${home}/${id}`;
  return {
    id,
    devices: devices.sort(compareAddresses),
    type: wordOf(tree, `${folder}/type`),
    reserved: linesOf(textOf(tree, `${folder}/reserved_regions`) ?? '').flatMap((line) => {
      const [start, end, kind] = line.trim().split(/\s+/);
      return start && end && kind ? [{ start, end, kind }] : [];
    }),
  };
}

export const addressesOf = (names: readonly string[]): PciAddress[] =>
  names.flatMap((name) => parseAddress(name) ?? []).sort(compareAddresses);
