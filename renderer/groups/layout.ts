import type { PciAddress } from '../../main/machine/address.ts';
import { edgesOf, type Edge } from './edges.ts';
import { portsAbove, type Forest, type Leaf, type Root } from './forest.ts';
import type { JoinLabel } from './join-labels.ts';
import { fitColumns, measures as m, type Columns } from './measures.ts';
import { placeRows, regionsOn, type PortNote, type RegionStyle } from './place-rows.ts';
import type { Placed } from './placed.ts';
import { regionsOf, type Region } from './regions.ts';
import { leavesOf, rowsOf, type End, type Row, type Shown } from './rows.ts';

/** Words of a row's end that is no card: before chips, behind mini tabs, or in a card's place. */
export interface EndNote {
  readonly end: End;
  readonly y: number;
  /** left edge; before chips the text ends at `until` instead */
  readonly x: number;
  readonly until: number | null;
}

/** The number at the right of a row that is alone, or of an outline. */
export interface GroupNumber {
  readonly groups: readonly number[];
  readonly y: number;
  readonly unsafe: boolean;
}

/** One root's part of the drawing. */
export interface Section {
  readonly root: Root;
  /** top of its head; null where one root has no head */
  readonly head: number | null;
  readonly open: boolean;
  readonly rows: readonly Row[];
  readonly ys: readonly number[];
  readonly top: number;
  readonly bottom: number;
  readonly placed: readonly Placed[];
  readonly notes: readonly PortNote[];
  readonly ends: readonly EndNote[];
  readonly edges: readonly Edge[];
  readonly regions: readonly Region[];
  readonly numbers: readonly GroupNumber[];
}

export interface Layout {
  readonly columns: Columns;
  readonly height: number;
  readonly sections: readonly Section[];
  /** ports above the deepest function that is drawn */
  readonly depth: number;
}

export interface LayoutWish {
  readonly forest: Forest;
  /** pixels that the place has */
  readonly room: number;
  readonly unsafe: ReadonlySet<number>;
  readonly labels: ReadonlyMap<PciAddress, JoinLabel>;
  readonly shown: (root: Root) => Shown;
  readonly open: (root: Root) => boolean;
  /** pixels of an end's words, for the room that they take */
  readonly wordsWidth: (end: End) => number;
}

/** The whole drawing. Pure: the same wish gives the same pixels. */
export function layOut(wish: LayoutWish): Layout {
  const { forest } = wish;
  const drawn = forest.roots.map((root) => ({
    root,
    open: wish.open(root),
    rows: wish.open(root) ? rowsOf(forest, root, wish.shown(root)) : [],
  }));
  const styles = stylesOf(
    forest,
    wish.unsafe,
    drawn.map(({ rows }) => rows),
  );
  const depth = Math.max(0, ...drawn.flatMap(({ rows }) => rows.map(depthOf)));
  const noted = drawn.some(({ rows }) =>
    rows.some(({ ports }) => {
      const port = ports.at(-1);
      return port?.depth === depth - 1 && port.group !== null && !styles.has(port.group);
    }),
  );
  const columns = fitColumns(depth, wish.room, noted);
  const heads = forest.roots.length > 1;
  const sections: Section[] = [];
  let y = 0;
  for (const { root, open, rows } of drawn) {
    const filteredAway = wish.shown(root).only !== null && rows.length === 0;
    if (filteredAway) continue;
    const head = heads ? y : null;
    const top = y + (heads ? m.head : 0);
    const section = placeSection(wish, { root, open, rows, head, top }, columns, styles);
    sections.push(section);
    y = section.bottom + (heads ? (open ? m.aboveHead : 0) : 0);
  }
  return { columns, height: y + 8, sections, depth };
}

/** Which groups get an outline, and with what margin: wide where it runs over several rows with ports. */
export function stylesOf(
  forest: Forest,
  unsafe: ReadonlySet<number>,
  sections: readonly (readonly Row[])[],
): ReadonlyMap<number, RegionStyle> {
  const tall = new Set<number>();
  for (const rows of sections) {
    let before: ReadonlySet<number> = new Set();
    for (const row of rows) {
      const here = regionsOn(forest, row);
      for (const id of here) if (before.has(id)) tall.add(id);
      before = here;
    }
  }
  const styles = new Map<number, RegionStyle>();
  for (const [id, members] of forest.groups) {
    if (members.length < 2) continue;
    const big = tall.has(id) && members.some((leaf) => leaf.shape === 'port');
    styles.set(id, { big: unsafe.has(id) || big, unsafe: unsafe.has(id) });
  }
  return styles;
}

const depthOf = (row: Row): number => {
  const minis = row.end.kind === 'empty-ports' ? (row.parent === null ? 1 : row.parent.depth + 2) : 0;
  return Math.max(minis, ...row.ports.map((port) => port.depth + 1), row.parent === null ? 0 : row.parent.depth + 1);
};

type Open = Pick<Section, 'root' | 'open' | 'rows' | 'head' | 'top'>;

function placeSection(
  wish: LayoutWish,
  section: Open,
  columns: Columns,
  styles: ReadonlyMap<number, RegionStyle>,
): Section {
  const nothing = { ys: [], placed: [], notes: [], ends: [], edges: [], regions: [], numbers: [] };
  if (!section.open || section.rows.length === 0) return { ...section, ...nothing, bottom: section.top };
  const rows = placeRows(
    wish.forest,
    section.rows,
    columns,
    styles,
    wish.labels,
    section.top + (section.head === null ? m.top : m.topBelowHead),
  );
  const noteAt = new Map(rows.notes.filter((note) => !note.above).map((note) => [note.y, noteEnd(note)]));
  const ends = section.rows.flatMap((row, at) => endNotes(row, rows.ys[at] ?? 0, columns, noteAt, wish.wordsWidth));
  const labelAt = new Map(ends.flatMap((note) => (note.until === null ? [] : [[note.y, note.x] as const])));
  const labelX = (row: number): number | null => labelAt.get(rows.ys[row] ?? -1) ?? null;
  const regions = regionsOf(wish.forest, rows, columns, styles, labelX);
  return {
    ...section,
    ys: rows.ys,
    placed: rows.placed,
    notes: rows.notes,
    ends,
    edges: edgesOf(rows.placed, columns, (row) => ({
      noteEnd: noteAt.get(rows.ys[row] ?? -1) ?? null,
      endX: (labelX(row) ?? Infinity) - 6,
    })),
    regions,
    numbers: numbersOf(section.rows, rows.ys, regions, styles),
    bottom: Math.max(rows.bottom, ...regions.flatMap((region) => region.lobes.map((lobe) => lobe.bottom))) + 6,
  };
}

/** Width of "group 14" at 12 pixels: seven figures' worth. */
const noteEnd = (note: PortNote): number => note.x + 36 + String(note.group).length * 7.4;

function endNotes(
  row: Row,
  y: number,
  columns: Columns,
  noteAt: ReadonlyMap<number, number>,
  wordsWidth: (end: End) => number,
): readonly EndNote[] {
  const { end } = row;
  switch (end.kind) {
    case 'card':
      return [];
    case 'empty-port':
    case 'folded':
      return [{ end, y, x: (noteAt.get(y) ?? columns.tab(end.leaf.depth) + m.tabWidth) + 8, until: null }];
    case 'more':
      return [{ end, y, x: m.firstColumn, until: null }];
    case 'empty-ports': {
      const from = columns.tab(row.parent === null ? 0 : row.parent.depth + 1);
      return [{ end, y, x: from + end.leaves.length * (m.miniWidth + m.miniGap) + 6, until: null }];
    }
    case 'package':
    case 'host-bridges': {
      const step = (end.kind === 'package' ? m.functionChip : m.bridgeChip) + m.chipGap;
      if (end.leaves.length === 0) return [];
      const until = columns.right - end.leaves.length * step + m.chipGap - 10;
      return [{ end, y, x: until - wordsWidth(end), until }];
    }
  }
}

/** A number stands right of everything that is alone in its group, and once beside an outline. */
function numbersOf(
  rows: readonly Row[],
  ys: readonly number[],
  regions: readonly Region[],
  styles: ReadonlyMap<number, RegionStyle>,
): readonly GroupNumber[] {
  const numbers: GroupNumber[] = [];
  rows.forEach((row, at) => {
    // A port's own number stands behind it; the number at the right is the end's.
    const ends = row.end.kind === 'empty-port' || row.end.kind === 'folded' ? [] : leavesOf(row.end);
    const groups = [...new Set(ends.flatMap((leaf) => leaf.group ?? []))].filter((id) => !styles.has(id));
    if (groups.length > 0) numbers.push({ groups, y: ys[at] ?? 0, unsafe: false });
  });
  for (const { group, lobes, unsafe } of regions) {
    const [first] = lobes;
    if (first) numbers.push({ groups: [group], y: (first.top + first.bottom) / 2, unsafe });
  }
  return numbers.sort((a, b) => a.y - b.y);
}

/** The way up from a function: itself and the ports above, outermost last. */
export const wayUp = (leaf: Leaf): readonly Leaf[] => [leaf, ...portsAbove(leaf)];
