import { compareAddresses, parseAddress, type PciAddress } from '../address.ts';
import { realPath } from '../files/real-path.ts';
import type { HostTree } from '../host-tree.ts';
import type { ToldPlace } from '../path.ts';
import { toldPlace } from './device-path.ts';

export interface FunctionFolder {
  readonly address: PciAddress;
  /** real path of its folder */
  readonly folder: string;
  /** parent and root bus where the folder tells them */
  readonly place: ToldPlace | null;
}

const flat = 'sys/bus/pci/devices';

/**
 * All functions of a source, in bus order: the links of sys/bus/pci/devices (or folders, where a copy resolved them),
 * and the folders below sys/devices, since a copy may hold either without the other.
 */
export function functionFolders(tree: HostTree): FunctionFolder[] {
  const found = new Map<PciAddress, FunctionFolder>();
  for (const name of tree.list(flat)) {
    const address = parseAddress(name);
    const folder = address && realPath(tree, `${flat}/${name}`);
    if (address && folder) found.set(address, { address, folder, place: toldPlace(folder) });
  }
  for (const folder of deviceFolders(tree)) {
    const address = parseAddress(folder.slice(folder.lastIndexOf('/') + 1));
    if (address && !found.get(address)?.place) found.set(address, { address, folder, place: toldPlace(folder) });
  }
  return [...found.values()].sort((a, b) => compareAddresses(a.address, b.address));
}

/** Function folders below sys/devices: root buses and functions nest, nothing else is entered. */
function deviceFolders(tree: HostTree): string[] {
  const folders: string[] = [];
  const ahead = tree
    .list('sys/devices')
    .filter(isRootBus)
    .map((name) => `sys/devices/${name}`);
  for (let folder = ahead.pop(); folder !== undefined; folder = ahead.pop()) {
    for (const name of tree.list(folder)) {
      const child = `${folder}/${name}`;
      if (tree.link(child) !== null) continue;
      if (parseAddress(name)) folders.push(child);
      else if (!isRootBus(name)) continue;
      ahead.push(child);
    }
  }
  return folders;
}

const isRootBus = (name: string): boolean => /^pci[0-9a-f]{4,8}:[0-9a-f]{2}$/.test(name);
