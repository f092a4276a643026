import type { PciAddress } from '../../main/machine/address.ts';
import { portsAbove, type Forest, type Leaf } from './forest.ts';

/** What the filter looks through: names, address, driver, group. */
function haystack(leaf: Leaf): string {
  const { names, address, driver } = leaf.fn;
  const parts = [names.vendor, names.device, names.subsystem, names.class, address];
  if (driver.known) parts.push(driver.value);
  if (leaf.group !== null) parts.push(`group ${leaf.group}`);
  return parts
    .filter((part) => part !== null)
    .join(' ')
    .toLowerCase();
}

export interface Filtered {
  readonly hits: ReadonlySet<PciAddress>;
  /** the hits and the ports above them */
  readonly drawn: ReadonlySet<PciAddress>;
}

/** Functions that hold every word of `text`; null where nothing is asked. */
export function filterForest(forest: Forest, text: string): Filtered | null {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return null;
  const hits = new Set<PciAddress>();
  const drawn = new Set<PciAddress>();
  for (const leaf of forest.at.values()) {
    const text = haystack(leaf);
    if (!words.every((word) => text.includes(word))) continue;
    hits.add(leaf.address);
    for (const each of [leaf, ...portsAbove(leaf)]) drawn.add(each.address);
  }
  return { hits, drawn };
}
