import { slotOf, type PciAddress } from '../../main/machine/address.ts';
import { isShared, type Forest, type Leaf, type Root } from './forest.ts';
import { isHostBridge, isQuiet } from './quiet.ts';

/** What a row ends with, at the right of its ports. */
export type End =
  | { readonly kind: 'card'; readonly leaf: Leaf }
  /** a port with nothing below it, alone among its siblings */
  | { readonly kind: 'empty-port'; readonly leaf: Leaf }
  /** several of those, as mini tabs */
  | { readonly kind: 'empty-ports'; readonly leaves: readonly Leaf[] }
  /** host bridges that stand alone in their groups, as chips; the IOMMU's own function before them */
  | { readonly kind: 'host-bridges'; readonly unit: Leaf | null; readonly leaves: readonly Leaf[] }
  /** quiet functions of one package, as chips */
  | { readonly kind: 'package'; readonly leaves: readonly Leaf[] }
  /** a port that the person has folded */
  | { readonly kind: 'folded'; readonly leaf: Leaf; readonly leaves: readonly Leaf[] }
  /** quiet functions, each alone in its group, folded for length */
  | { readonly kind: 'more'; readonly bus: string; readonly leaves: readonly Leaf[] };

export interface Row {
  /** ports whose first child stands on this row, outermost first; the last one may be the end's own port */
  readonly ports: readonly Leaf[];
  /** the port that the end hangs on; null on the CPU's own bus */
  readonly parent: Leaf | null;
  readonly end: End;
}

export interface Shown {
  /** null: everything; else those to draw (a filter's hits and their ancestors) */
  readonly only: ReadonlySet<PciAddress> | null;
  /** ports that are folded */
  readonly folded: ReadonlySet<PciAddress>;
  /** folds quiet functions that are alone in their groups into one row */
  readonly brief: boolean;
}

/** A long run of chips or mini tabs breaks into rows of this many. */
const chipsInRow = 8;
const minisInRow = 7;
/** Functions of one package become chips from this many on. */
const leastPackage = 3;

/** All functions that an end stands for. */
export function leavesOf(end: End): readonly Leaf[] {
  switch (end.kind) {
    case 'card':
    case 'empty-port':
      return [end.leaf];
    case 'folded':
      return [end.leaf];
    case 'host-bridges':
      return end.unit === null ? end.leaves : [end.unit, ...end.leaves];
    case 'empty-ports':
    case 'package':
    case 'more':
      return end.leaves;
  }
}

/** The rows of one root, in tree order: a row is a leaf, and a port sits on the row of its first child. */
export function rowsOf(forest: Forest, root: Root, shown: Shown): readonly Row[] {
  const rows: Row[] = [];
  const drawn = (leaf: Leaf): boolean => shown.only === null || shown.only.has(leaf.address);
  const alone = (leaf: Leaf): boolean => !isShared(forest, leaf);
  const folds = (leaf: Leaf): boolean =>
    alone(leaf) && (leaf.shape === 'port' ? leaf.children.every(folds) : leaf.shape === 'card' && isQuiet(leaf.fn));
  const brief = shown.brief && shown.only === null;
  const kept = (leaf: Leaf): boolean => drawn(leaf) && !(brief && folds(leaf));

  const emit = (siblings: readonly Leaf[], parent: Leaf | null, lead: readonly Leaf[]): void => {
    let ports = lead;
    const push = (end: End): void => {
      rows.push({ ports, parent, end });
      ports = [];
    };
    for (const entry of entriesOf(siblings, alone)) {
      const [first] = entry.leaves;
      if (first === undefined) continue;
      switch (entry.kind) {
        case 'host-bridges':
          hostBridgeEnds(entry.unit, entry.leaves).forEach(push);
          break;
        case 'package':
          for (const part of chunks(entry.leaves, chipsInRow)) push({ kind: 'package', leaves: part });
          break;
        case 'empty-ports':
          if (entry.leaves.length === 1) {
            rows.push({ ports: [...ports, first], parent, end: { kind: 'empty-port', leaf: first } });
            ports = [];
          } else for (const part of chunks(entry.leaves, minisInRow)) push({ kind: 'empty-ports', leaves: part });
          break;
        case 'one':
          if (first.shape !== 'port') push({ kind: 'card', leaf: first });
          else {
            const children = first.children.filter(kept);
            const closed = children.length === 0 || (shown.folded.has(first.address) && shown.only === null);
            if (closed) {
              const hidden = below(first);
              rows.push({ ports: [...ports, first], parent, end: { kind: 'folded', leaf: first, leaves: hidden } });
            } else emit(children, first, [...ports, first]);
            ports = [];
          }
          break;
      }
    }
  };
  emit(root.tops.filter(kept), null, []);
  const more = brief ? root.all.filter((leaf) => folds(leaf)) : [];
  if (more.length > 0) {
    rows.push({ ports: [], parent: null, end: { kind: 'more', bus: root.bus, leaves: more } });
  }
  return rows;
}

/** Chips of host bridges in rows; the IOMMU stands before the first. */
function hostBridgeEnds(unit: Leaf | null, leaves: readonly Leaf[]): readonly End[] {
  const parts = chunks(
    leaves.filter((leaf) => leaf !== unit),
    chipsInRow,
  );
  const rows = parts.length === 0 ? [[]] : parts;
  return rows.map((part, at) => ({ kind: 'host-bridges', unit: at === 0 ? unit : null, leaves: part }));
}

/** Everything under a port. */
export function below(port: Leaf): readonly Leaf[] {
  return port.children.flatMap((child) => [child, ...below(child)]);
}

type Entry =
  | { readonly kind: 'one'; readonly leaves: Leaf[] }
  | { readonly kind: 'empty-ports' | 'package'; readonly leaves: Leaf[] }
  | { readonly kind: 'host-bridges'; readonly unit: Leaf | null; readonly leaves: Leaf[] };

/**
 * Siblings as they share rows. Short forms may gather only what keeps its group visible: members that are all alone, or
 * all of one group.
 */
function entriesOf(siblings: readonly Leaf[], alone: (leaf: Leaf) => boolean): readonly Entry[] {
  const entries: Entry[] = [];
  const gathered = new Map<string, Leaf[]>();
  const gather = (key: string, leaf: Leaf, kind: 'empty-ports' | 'package'): void => {
    const leaves = gathered.get(key);
    if (leaves) leaves.push(leaf);
    else {
      const started = [leaf];
      gathered.set(key, started);
      entries.push({ kind, leaves: started });
    }
  };
  const groupKey = (leaf: Leaf): string => (alone(leaf) ? 'alone' : String(leaf.group));
  // Dummy host bridges stand one a slot; several in one slot are a package (the data fabric of AMD's CPUs).
  const hosts = siblings.filter((leaf) => leaf.parent === null && isHostBridge(leaf.fn));
  const bridges = hosts.filter(
    (leaf) =>
      alone(leaf) && hosts.filter((other) => slotOf(other.address) === slotOf(leaf.address)).length < leastPackage,
  );
  const unit = siblings.find((leaf) => leaf.shape === 'unit') ?? null;
  const asChips = bridges.length > 1 || unit !== null ? bridges : [];
  if (unit !== null || asChips.length > 0) {
    entries.push({ kind: 'host-bridges', unit, leaves: unit === null ? asChips : [unit, ...asChips] });
  }
  for (const leaf of siblings) {
    if (leaf === unit || asChips.includes(leaf)) continue;
    if (leaf.shape === 'port' && leaf.children.length === 0) gather(`ports ${groupKey(leaf)}`, leaf, 'empty-ports');
    else if (leaf.shape === 'card' && isQuiet(leaf.fn)) {
      gather(`package ${slotOf(leaf.address)} ${groupKey(leaf)}`, leaf, 'package');
    } else entries.push({ kind: 'one', leaves: [leaf] });
  }
  return entries.flatMap((entry): Entry[] =>
    entry.kind === 'package' && entry.leaves.length < leastPackage
      ? entry.leaves.map((leaf) => ({ kind: 'one', leaves: [leaf] }))
      : [entry],
  );
}

function chunks<T>(items: readonly T[], most: number): readonly (readonly T[])[] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += most) parts.push(items.slice(at, at + most));
  return parts;
}
