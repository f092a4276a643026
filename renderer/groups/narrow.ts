import type { PciAddress } from '../../main/machine/address.ts';
import { acsStanding } from '../kit/acs.ts';
import { isShared, type Forest, type Leaf } from './forest.ts';
import { isHostBridge, isQuiet } from './quiet.ts';
import { below } from './rows.ts';

/** Pixels of the tree on a phone. */
export const narrowMeasures = {
  pitch: 33,
  indent: 18,
  first: 10,
  inRegion: 10,
  name: 33,
  after: 12,
  trunk: 8,
} as const;

/** One line of the list; `level` counts indents from the CPU's own bus. */
export type NarrowItem =
  | { readonly kind: 'root'; readonly id: string; readonly bus: string; readonly open: boolean; readonly level: 0 }
  | { readonly kind: 'leaf'; readonly id: PciAddress; readonly leaf: Leaf; readonly level: number }
  /** siblings that are folded: ports with all below them, host bridges, parts of one package */
  | {
      readonly kind: 'fold';
      readonly id: string;
      readonly what: 'below' | 'host-bridges' | 'package';
      readonly leaves: readonly Leaf[];
      readonly level: number;
    };

export interface NarrowWish {
  readonly forest: Forest;
  readonly way: ReadonlySet<Leaf>;
  /** null: everything; else what a filter found, with the ports above */
  readonly only: ReadonlySet<PciAddress> | null;
  readonly isOpen: (id: string, otherwise: boolean) => boolean;
}

/** Quiet functions of one package fold from this many on, ports with more cards than this below them too. */
const leastPackage = 3;
const mostCards = 2;

/** The machine as an indented list: the way up of the selection in full, ports that only pass on left out, the rest folded. */
export function narrowItems(wish: NarrowWish): readonly NarrowItem[] {
  const { forest, way, only } = wish;
  const items: NarrowItem[] = [];
  const kept = (leaf: Leaf): boolean => only === null || only.has(leaf.address);

  const walk = (siblings: readonly Leaf[], level: number, id: string): void => {
    const folded: Leaf[] = [];
    const quiet = new Map<string, Leaf[]>();
    const hosts = siblings.filter((leaf) => leaf.parent === null && isHostBridge(leaf.fn) && !isShared(forest, leaf));
    const inSlot = (leaf: Leaf): number =>
      hosts.filter((other) => other.address.slice(0, -2) === leaf.address.slice(0, -2)).length;
    const bridges = only === null ? hosts.filter((leaf) => inSlot(leaf) < leastPackage) : [];
    for (const leaf of siblings) {
      if (!kept(leaf) || leaf.shape === 'unit' || (bridges.length > 1 && bridges.includes(leaf))) continue;
      if (leaf.shape !== 'port') {
        const key = `${leaf.address.slice(0, -2)} ${isShared(forest, leaf) ? String(leaf.group) : 'alone'}`;
        const alike = siblings.filter(
          (other) =>
            other.shape === 'card' &&
            isQuiet(other.fn) &&
            other.address.slice(0, -2) === leaf.address.slice(0, -2) &&
            other.group === leaf.group,
        );
        const packed =
          only === null && isQuiet(leaf.fn) && alike.length >= leastPackage && !alike.some((each) => way.has(each));
        if (!packed) items.push({ kind: 'leaf', id: leaf.address, leaf, level });
        else if (!quiet.has(key)) {
          quiet.set(key, alike);
          fold('package', `fold:package ${leaf.address}`, alike, level);
        }
      } else if (passesOn(leaf, way)) walk(leaf.children, level, id);
      else if (foldable(leaf)) folded.push(leaf);
      else {
        items.push({ kind: 'leaf', id: leaf.address, leaf, level });
        walk(leaf.children, level + 1, leaf.address);
      }
    }
    if (folded.length > 0) fold('below', `fold:below ${id}`, folded, level);
    if (bridges.length > 1) fold('host-bridges', `fold:bridges ${id}`, bridges, level);
    for (const leaf of siblings) {
      if (leaf.shape === 'unit' && kept(leaf)) items.push({ kind: 'leaf', id: leaf.address, leaf, level });
    }
  };
  const fold = (
    what: 'below' | 'host-bridges' | 'package',
    id: string,
    leaves: readonly Leaf[],
    level: number,
  ): void => {
    const open = wish.isOpen(id, false);
    const all = what === 'below' ? leaves.flatMap((leaf) => [leaf, ...below(leaf)]) : leaves;
    if (!open) items.push({ kind: 'fold', id, what, leaves: all, level });
    else
      for (const leaf of leaves) {
        items.push({ kind: 'leaf', id: leaf.address, leaf, level });
        walk(leaf.children, level + 1, leaf.address);
      }
  };
  const foldable = (port: Leaf): boolean => {
    if (way.has(port) || only !== null) return false;
    const cards = below(port).filter((leaf) => leaf.shape === 'card').length;
    return (
      cards === 0 || (port.depth > 0 && cards > mostCards) || (port.depth > 0 && isShared(forest, port) && cards > 1)
    );
  };
  for (const root of forest.roots) {
    const heads = forest.roots.length > 1;
    const id = `root:${root.bus}`;
    const worth = root.all.some((leaf) => leaf.shape === 'card' && !isQuiet(leaf.fn));
    const open = !heads || only !== null || wish.isOpen(id, worth);
    if (only !== null && !root.all.some(kept)) continue;
    if (heads) items.push({ kind: 'root', id, bus: root.bus, open, level: 0 });
    if (open) walk(root.tops, 0, root.bus);
  }
  return items;
}

/** Upstream ports only pass on; a port with one card behind it says nothing that the card does not, unless it is on the way. */
function passesOn(port: Leaf, way: ReadonlySet<Leaf>): boolean {
  if (port.depth === 0 || port.children.length === 0) return false;
  if (acsStanding(port.fn) === 'unheard' && port.children.length > 0) return true;
  return !way.has(port) && port.children.length === 1 && port.children[0]?.shape === 'card';
}

/** A line at its place. */
export interface NarrowPlaced {
  readonly item: NarrowItem;
  readonly x: number;
  readonly y: number;
  /** right edge is inside an outline */
  readonly inside: boolean;
}

export interface NarrowRegion {
  readonly group: number;
  readonly top: number;
  readonly bottom: number;
}

export interface NarrowLayout {
  readonly placed: readonly NarrowPlaced[];
  readonly regions: readonly NarrowRegion[];
  readonly height: number;
}

const groupOf = (forest: Forest, item: NarrowItem): number | null => {
  if (item.kind === 'root') return null;
  const leaves = item.kind === 'leaf' ? [item.leaf] : item.leaves;
  const [first] = leaves;
  if (first === undefined || !isShared(forest, first)) return null;
  return leaves.every((leaf) => leaf.group === first.group) ? first.group : null;
};

/** Lines from top to bottom, with a box around each run of lines of one group. */
export function placeNarrow(forest: Forest, items: readonly NarrowItem[]): NarrowLayout {
  const m = narrowMeasures;
  const placed: NarrowPlaced[] = [];
  const regions: { group: number; top: number; bottom: number }[] = [];
  let y = 0;
  let open: { group: number; top: number; bottom: number } | null = null;
  for (const item of items) {
    const group = groupOf(forest, item);
    if (open !== null && open.group !== group) {
      y += m.after;
      open = null;
    }
    if (group !== null && open === null) {
      y += m.name;
      open = { group, top: y - m.name / 2 + 2, bottom: y };
      regions.push(open);
    }
    const x = m.first + Math.min(item.level, 8) * m.indent - (group === null || item.level === 0 ? 0 : m.inRegion);
    placed.push({ item, x, y: y + m.pitch / 2, inside: group !== null });
    y += m.pitch;
    if (open !== null) open.bottom = y + 7;
  }
  return { placed, regions, height: y + 16 };
}
