import { compareAddresses, slotOf, type PciAddress } from '../../main/machine/address.ts';
import type { Group } from '../../main/machine/machine.ts';
import type { PciFunction } from '../../main/machine/pci-function.ts';
import { isPort, isUnit } from './quiet.ts';

/** A function at its place in the tree. */
export interface Leaf {
  readonly fn: PciFunction;
  readonly address: PciAddress;
  readonly parent: Leaf | null;
  readonly children: readonly Leaf[];
  /** ports above it */
  readonly depth: number;
  /** null: the kernel put it in none, or groups are not known */
  readonly group: number | null;
  readonly shape: 'port' | 'card' | 'unit';
}

/** One bus that comes out of the CPU. */
export interface Root {
  /** `0000:00` */
  readonly bus: string;
  readonly tops: readonly Leaf[];
  /** all below it, in tree order */
  readonly all: readonly Leaf[];
}

export interface Forest {
  readonly roots: readonly Root[];
  readonly at: ReadonlyMap<PciAddress, Leaf>;
  /** by number, members in tree order */
  readonly groups: ReadonlyMap<number, readonly Leaf[]>;
  /** the source holds the kernel's groups */
  readonly grouped: boolean;
  /** ports above the deepest function */
  readonly depth: number;
}

const rootBusOf = (fn: PciFunction): string => fn.path.split('/')[0] ?? fn.address.slice(0, -5);

/** The tree of a machine; `groups` null where the kernel's are not known. */
export function growForest(functions: readonly PciFunction[], groups: readonly Group[] | null): Forest {
  const groupOf = new Map((groups ?? []).flatMap(({ id, devices }) => devices.map((device) => [device, id] as const)));
  const known = new Set(functions.map((fn) => fn.address));
  const below = new Map<PciAddress | null, PciFunction[]>();
  for (const fn of [...functions].sort((a, b) => compareAddresses(a.address, b.address))) {
    // A source may lack the port (a listing cut short): its functions then stand on the bus where they are.
    const parent = fn.parent !== null && known.has(fn.parent) ? fn.parent : null;
    const siblings = below.get(parent);
    if (siblings) siblings.push(fn);
    else below.set(parent, [fn]);
  }
  const at = new Map<PciAddress, Leaf>();
  const members = new Map<number, Leaf[]>();
  let depth = 0;
  const grow = (fn: PciFunction, parent: Leaf | null, all: Leaf[]): Leaf => {
    const children: Leaf[] = [];
    const leaf: Leaf = {
      fn,
      address: fn.address,
      parent,
      children,
      depth: parent === null ? 0 : parent.depth + 1,
      group: groupOf.get(fn.address) ?? null,
      shape: isPort(fn) ? 'port' : isUnit(fn) ? 'unit' : 'card',
    };
    at.set(fn.address, leaf);
    all.push(leaf);
    depth = Math.max(depth, leaf.depth + (leaf.shape === 'port' ? 1 : 0));
    if (leaf.group !== null) {
      const others = members.get(leaf.group);
      if (others) others.push(leaf);
      else members.set(leaf.group, [leaf]);
    }
    for (const child of below.get(fn.address) ?? []) if (!at.has(child.address)) children.push(grow(child, leaf, all));
    return leaf;
  };
  const roots = new Map<string, { bus: string; tops: Leaf[]; all: Leaf[] }>();
  for (const fn of below.get(null) ?? []) {
    const bus = rootBusOf(fn);
    const root = roots.get(bus) ?? { bus, tops: [], all: [] };
    roots.set(bus, root);
    root.tops.push(grow(fn, null, root.all));
  }
  return { roots: [...roots.values()], at, groups: members, grouped: groups !== null, depth };
}

/** The ports above, nearest first. */
export function portsAbove(leaf: Leaf): readonly Leaf[] {
  const ports: Leaf[] = [];
  for (let at = leaf.parent; at !== null; at = at.parent) ports.push(at);
  return ports;
}

/** Shares its group with another function. */
export const isShared = (forest: Forest, leaf: Leaf): boolean =>
  leaf.group !== null && (forest.groups.get(leaf.group)?.length ?? 0) > 1;

/**
 * What is selected together: a card is one thing to a person, so its functions light up as one, as long as they share
 * the group. On the CPU's own bus a slot is a corner of the chipset, and a virtual function has an owner of its own.
 */
export function cardOf(leaf: Leaf): readonly Leaf[] {
  if (leaf.shape !== 'card' || leaf.parent === null || leaf.fn.physicalFunction !== null) return [leaf];
  return leaf.parent.children.filter(
    (other) =>
      other.shape === 'card' &&
      other.fn.physicalFunction === null &&
      other.group === leaf.group &&
      slotOf(other.address) === slotOf(leaf.address),
  );
}
