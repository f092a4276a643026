import { isShared, type Forest } from './forest.ts';
import { measures as m, type Columns } from './measures.ts';
import { outlinePath, type Band } from './outline.ts';
import type { RegionStyle, RowsPlaced } from './place-rows.ts';
import type { Placed } from './placed.ts';

/** One connected part of a group's outline. */
export interface Lobe {
  readonly path: string;
  readonly bands: readonly Band[];
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A group that is drawn as an outline. */
export interface Region extends RegionStyle {
  readonly group: number;
  readonly lobes: readonly Lobe[];
  /** x of the line that joins its lobes; null with one lobe */
  readonly spine: number | null;
}

interface Stretch {
  readonly row: number;
  readonly left: number;
  readonly right: number;
  /** nearest x of something of another group at either side */
  readonly wallLeft: number;
  readonly wallRight: number;
}

/** The outlines of all shared groups. `extra` gives members without a box of their own (rows' labels before chips). */
export function regionsOf(
  forest: Forest,
  rows: RowsPlaced,
  columns: Columns,
  styles: ReadonlyMap<number, RegionStyle>,
  labelX: (row: number) => number | null,
): readonly Region[] {
  const stretches = stretchesOf(forest, rows.placed, columns, styles, labelX);
  const regions: Omit<Region, 'spine'>[] = [];
  for (const [group, parts] of stretches) {
    const style = styles.get(group);
    if (!style) continue;
    const lobes = lobesOf(parts).map((lobe) => drawLobe(lobe, rows, style));
    regions.push({ group, ...style, lobes });
  }
  return withSpines(regions, columns);
}

function stretchesOf(
  forest: Forest,
  placed: readonly Placed[],
  columns: Columns,
  styles: ReadonlyMap<number, RegionStyle>,
  labelX: (row: number) => number | null,
): ReadonlyMap<number, readonly Stretch[]> {
  const byRow = new Map<number, Placed[]>();
  for (const each of placed) {
    const row = byRow.get(each.row);
    if (row) row.push(each);
    else byRow.set(each.row, [each]);
  }
  const stretches = new Map<number, Stretch[]>();
  for (const [row, items] of byRow) {
    items.sort((a, b) => a.x - b.x);
    let at = 0;
    while (at < items.length) {
      const first = items[at];
      if (first === undefined) break;
      let last = at;
      while (items[last + 1]?.leaf.group === first.leaf.group) last++;
      const group = first.leaf.group;
      const end = items[last] ?? first;
      if (group !== null && isShared(forest, first.leaf)) {
        const style = styles.get(group);
        const pad = style?.big === true ? m.bigPad : m.smallPad;
        const label = first.form === 'function-chip' || first.form === 'bridge-chip' ? labelX(row) : null;
        const stretch = {
          row,
          left: leftOf(first, style, columns, label),
          right: end.x + end.width + pad,
          wallLeft: wall(items[at - 1], 'right'),
          wallRight: wall(items[last + 1], 'left'),
        };
        const list = stretches.get(group);
        if (list) list.push(stretch);
        else stretches.set(group, [stretch]);
      }
      at = last + 1;
    }
  }
  return stretches;
}

const wall = (neighbour: Placed | undefined, side: 'left' | 'right'): number => {
  if (neighbour === undefined) return side === 'left' ? Infinity : -Infinity;
  return side === 'left' ? neighbour.x : neighbour.x + neighbour.width;
};

/** Big outlines hold the trunk in front of their first column; the CPU's own line stays outside. */
function leftOf(first: Placed, style: RegionStyle | undefined, columns: Columns, label: number | null): number {
  if (label !== null) return label - 12;
  const pad = style?.big === true ? m.bigPad : m.smallPad;
  if (first.form === 'card' || style?.big !== true) return first.x - pad;
  return first.x - (first.leaf.depth === 0 ? m.bigPad : columns.tab(2) - columns.tab(1) - m.tabWidth);
}

/** Stretches of rows that follow each other, widened to one width where nothing stands in the way. */
function lobesOf(stretches: readonly Stretch[]): readonly (readonly Stretch[])[] {
  const runs: Stretch[][] = [];
  for (const stretch of [...stretches].sort((a, b) => a.row - b.row)) {
    const last = runs.at(-1);
    if (last && stretch.row - (last.at(-1)?.row ?? -2) === 1) last.push(stretch);
    else runs.push([stretch]);
  }
  return runs.flatMap((run) => {
    const left = Math.min(...run.map((each) => each.left));
    const right = Math.max(...run.map((each) => each.right));
    const widened = run.map((each) => ({
      ...each,
      left: Math.min(each.left, Math.max(left, each.wallLeft + 6)),
      right: Math.max(each.right, Math.min(right, each.wallRight - 6)),
    }));
    return splitWhereApart(widened);
  });
}

/** Neighbouring rows whose stretches do not overlap cannot be one outline. */
function splitWhereApart(run: readonly Stretch[]): readonly (readonly Stretch[])[] {
  const parts: Stretch[][] = [];
  for (const stretch of run) {
    const before = parts.at(-1)?.at(-1);
    const overlaps = before !== undefined && before.left < stretch.right - 20 && stretch.left < before.right - 20;
    if (overlaps) parts.at(-1)?.push(stretch);
    else parts.push([stretch]);
  }
  return parts;
}

function drawLobe(lobe: readonly Stretch[], rows: RowsPlaced, style: RegionStyle): Lobe {
  const pad = style.big ? m.bigPad : m.smallPad;
  const half = m.cardHeight / 2 + pad;
  const y = (row: number): number => rows.ys[row] ?? 0;
  const bands: Band[] = lobe.map((stretch, at) => {
    const before = lobe[at - 1];
    const after = lobe[at + 1];
    const lift = at === 0 && rows.labelled[stretch.row] === true ? m.aboveLabel : 0;
    return {
      left: stretch.left,
      right: stretch.right,
      top: before ? edgeBetween(before, stretch, y, half) : y(stretch.row) - half - lift,
      bottom: after ? edgeBetween(stretch, after, y, half) : y(stretch.row) + half,
    };
  });
  const [first] = bands;
  return {
    bands,
    path: outlinePath(bands, style.big ? m.bigRadius : m.smallRadius),
    left: Math.min(...bands.map((band) => band.left)),
    right: Math.max(...bands.map((band) => band.right)),
    top: first?.top ?? 0,
    bottom: bands.at(-1)?.bottom ?? 0,
  };
}

/** A step in the outline keeps its margin to the row that is wider. */
function edgeBetween(above: Stretch, below: Stretch, y: (row: number) => number, half: number): number {
  const narrower = below.right - below.left < above.right - above.left;
  return narrower ? Math.min(y(above.row) + half, y(below.row) - 14) : Math.max(y(below.row) - half, y(above.row) + 14);
}

/** Spines of groups whose lobes lie between each other's stand side by side. */
function withSpines(regions: readonly Omit<Region, 'spine'>[], columns: Columns): readonly Region[] {
  const lanes: number[] = [];
  const span = (region: Omit<Region, 'spine'>): readonly [number, number] => [
    region.lobes[0]?.top ?? 0,
    region.lobes.at(-1)?.bottom ?? 0,
  ];
  return [...regions]
    .sort((a, b) => span(a)[0] - span(b)[0])
    .map((region) => {
      if (region.lobes.length < 2) return { ...region, spine: null };
      const [top, bottom] = span(region);
      const free = lanes.findIndex((until) => until < top);
      const lane = free === -1 ? lanes.length : free;
      lanes[lane] = bottom;
      return { ...region, spine: columns.right + 13 + lane * m.laneWidth };
    });
}
