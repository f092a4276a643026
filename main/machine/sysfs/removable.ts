import { measured, unknown } from '../fact.ts';
import { exists, needOf, wordOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { PciFunction } from '../pci-function.ts';

/** `removable`, `fixed` or `unknown` (Documentation/ABI/testing/sysfs-devices-removable, PCI since 5.15); only what is outside the box is told. */
export function removableOf(tree: HostTree, folder: string): PciFunction['removable'] {
  const path = `${folder}/removable`;
  const word = wordOf(tree, path);
  if (word === 'removable' || word === 'fixed') return measured(word === 'removable', `/${path}`);
  if (word === 'unknown') return measured(null, `/${path}`);
  // The attribute is left out where nothing is known; a folder that was copied whole shows that.
  return exists(tree, `${folder}/power`) ? measured(null, `/${path}`) : unknown(needOf(tree, path), `/${path}`);
}
