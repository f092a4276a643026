import type { PciAddress } from '../../main/machine/address.ts';
import { isShared, type Forest, type Leaf } from './forest.ts';
import type { JoinLabel } from './join-labels.ts';
import { measures as m, type Columns } from './measures.ts';
import type { Placed } from './placed.ts';
import { leavesOf, type Row } from './rows.ts';

/** A group that has more than one member: drawn as an outline. */
export interface RegionStyle {
  /** holds ports, or must not be given: wide margin */
  readonly big: boolean;
  readonly unsafe: boolean;
}

/** What stands behind or above the last port of a row. */
export interface PortNote {
  readonly port: Leaf;
  readonly x: number;
  readonly y: number;
  /** centre of the text above the tab, instead of behind it */
  readonly above: boolean;
  readonly group: number;
}

export interface RowsPlaced {
  readonly placed: readonly Placed[];
  /** centre of each row */
  readonly ys: readonly number[];
  /** rows with a label above a port that is inside an outline */
  readonly labelled: readonly boolean[];
  readonly notes: readonly PortNote[];
  readonly bottom: number;
}

/** Groups with an outline that have a member on the row. */
export function regionsOn(forest: Forest, row: Row): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const leaf of [...row.ports, ...leavesOf(row.end)]) {
    if (leaf.group !== null && isShared(forest, leaf)) ids.add(leaf.group);
  }
  return ids;
}

/** Gives rows their heights, from `from` down, and every function its place. */
export function placeRows(
  forest: Forest,
  rows: readonly Row[],
  columns: Columns,
  styles: ReadonlyMap<number, RegionStyle>,
  labels: ReadonlyMap<PciAddress, JoinLabel>,
  from: number,
): RowsPlaced {
  const placed: Placed[] = [];
  const notes: PortNote[] = [];
  const ys: number[] = [];
  const labelled: boolean[] = [];
  let y = from;
  let before: ReadonlySet<number> = new Set();
  rows.forEach((row, at) => {
    const here = regionsOn(forest, row);
    const lifted = row.ports.filter((port) => needsLift(port, row, styles, columns) && !labels.has(port.address));
    const label = lifted.length > 0 || row.ports.some((port) => labels.has(port.address));
    const air = airBetween(before, here, styles);
    const labelInside = row.ports.some((port) => labels.has(port.address) && isShared(forest, port));
    const starting = [...here].some((id) => !before.has(id));
    // Above an outline that begins here there is air already; a label inside it needs its own.
    const extra = label && (labelInside || !starting || air < m.aboveLabel) ? m.aboveLabel : 0;
    y += (at === 0 ? 0 : m.pitch) + air + extra;
    ys.push(y);
    labelled.push(labelInside);
    placed.push(...placePorts(row, columns, y, at), ...placeEnd(row, columns, y, at));
    notes.push(...notesOf(row, columns, y, labels, lifted, styles));
    before = here;
  });
  const tail = airBetween(before, new Set(), styles);
  return { placed, notes, ys, labelled, bottom: y + m.cardHeight / 2 + tail };
}

/** The port's own group must be said above it: something of another group follows directly behind it. */
function needsLift(port: Leaf, row: Row, styles: ReadonlyMap<number, RegionStyle>, columns: Columns): boolean {
  if (port.group === null || styles.has(port.group)) return false;
  if (row.ports.at(-1) !== port) return true;
  const [first] = leavesOf(row.end);
  if (first === undefined || first === port || row.end.kind === 'folded') return false;
  if (row.end.kind === 'card' && columns.cardX - columns.tab(port.depth) - m.tabWidth < m.noteWidth) return true;
  return row.end.kind === 'empty-ports' || (first.group !== null && styles.get(first.group)?.big === true);
}

function airBetween(
  before: ReadonlySet<number>,
  here: ReadonlySet<number>,
  styles: ReadonlyMap<number, RegionStyle>,
): number {
  let air = 0;
  for (const id of before) {
    const style = styles.get(id);
    if (style && !here.has(id)) air = Math.max(air, style.big ? m.belowBig : m.aroundSmall);
  }
  for (const id of here) {
    const style = styles.get(id);
    if (!style || before.has(id)) continue;
    air = Math.max(air, style.unsafe ? m.aboveUnsafe : style.big ? m.aboveBig : m.aroundSmall);
  }
  return air;
}

function placePorts(row: Row, columns: Columns, y: number, at: number): readonly Placed[] {
  return row.ports.map((leaf) => ({
    leaf,
    form: 'tab',
    x: columns.tab(leaf.depth),
    y,
    width: m.tabWidth,
    row: at,
  }));
}

function placeEnd(row: Row, columns: Columns, y: number, at: number): readonly Placed[] {
  const { end } = row;
  switch (end.kind) {
    case 'card':
      return [{ leaf: end.leaf, form: 'card', x: columns.cardX, y, width: columns.cardWidth, row: at }];
    case 'empty-ports': {
      const from = columns.tab(row.parent === null ? 0 : row.parent.depth + 1);
      const step = m.miniWidth + m.miniGap;
      return end.leaves.map((leaf, i) => ({ leaf, form: 'mini', x: from + i * step, y, width: m.miniWidth, row: at }));
    }
    case 'package':
      return chips(end.leaves, columns, y, at, 'function-chip', m.functionChip);
    case 'host-bridges': {
      const bridges = chips(end.leaves, columns, y, at, 'bridge-chip', m.bridgeChip);
      if (end.unit === null) return bridges;
      return [{ leaf: end.unit, form: 'unit', x: columns.tab(0), y, width: 126, row: at }, ...bridges];
    }
    case 'empty-port':
    case 'folded':
    case 'more':
      return [];
  }
}

function chips(
  leaves: readonly Leaf[],
  columns: Columns,
  y: number,
  row: number,
  form: 'bridge-chip' | 'function-chip',
  width: number,
): readonly Placed[] {
  const step = width + m.chipGap;
  const from = columns.right - leaves.length * step + m.chipGap;
  return leaves.map((leaf, i) => ({ leaf, form, x: from + i * step, y, width, row }));
}

function notesOf(
  row: Row,
  columns: Columns,
  y: number,
  labels: ReadonlyMap<PciAddress, JoinLabel>,
  lifted: readonly Leaf[],
  styles: ReadonlyMap<number, RegionStyle>,
): readonly PortNote[] {
  const notes: PortNote[] = [];
  for (const port of row.ports) {
    if (port.group === null || styles.has(port.group) || labels.has(port.address)) continue;
    const above = lifted.includes(port);
    const x = columns.tab(port.depth) + (above ? 0 : m.tabWidth + 8);
    if (above || row.ports.at(-1) === port) {
      notes.push({ port, x, y: above ? y - m.tabHeight / 2 - 9 : y, above, group: port.group });
    }
  }
  return notes;
}
