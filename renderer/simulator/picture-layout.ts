import { curve } from './polyline.ts';
import type { Point } from './polyline.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything of the picture lies, in CSS pixels; made anew when the place gets wider or narrower. */
export interface PictureLayout {
  readonly width: number;
  readonly height: number;
  /** heights of the line of DMA and of the line of interrupts */
  readonly dma: number;
  readonly interrupt: number;
  readonly device: Box;
  readonly ports: readonly Box[];
  readonly unit: Box;
  readonly tables: readonly Box[];
  readonly interruptTable: Box;
  readonly memory: Box;
  readonly processors: Box;
  /** over the tables, from the unit to the memory */
  readonly arc: readonly Point[];
}

export const tableRows = 8;
export const rowPitch = 13;
export const interruptRows = 3;
/** Guest memory is told in 80 parts (remapping/traffic-shape.ts heatCells). */
export const memoryColumns = 10;
export const guestRows = 8;
export const hostRows = 2;
export const memoryPitch = 15;

const height = 312;
const top = 48;
const tableTop = 102;

interface Measures {
  readonly device: number;
  readonly port: number;
  readonly unit: number;
  readonly table: number;
  readonly gap: number;
  readonly portGap: number;
  readonly tableGap: number;
}

const memoryWidth = memoryColumns * memoryPitch - 2;
const roomy: Measures = { device: 154, port: 74, unit: 146, table: 72, gap: 40, portGap: 28, tableGap: 14 };
const tight: Measures = { device: 140, port: 62, unit: 142, table: 56, gap: 26, portGap: 16, tableGap: 12 };
/** For a window of 1180 pixels beside the sidebar: one port and six tables fit without scrolling. */
const tightest: Measures = { device: 136, port: 60, unit: 142, table: 56, gap: 17, portGap: 10, tableGap: 8 };
/** The same with two ports, also where a low window's scroll bar takes its width: what is written in the boxes just fits. */
const narrowest: Measures = { device: 116, port: 56, unit: 134, table: 54, gap: 8, portGap: 8, tableGap: 8 };

function widthOf(measures: Measures, ports: number, tables: number): number {
  const { device, port, unit, table, gap, portGap, tableGap } = measures;
  const between = ports === 0 ? 0 : gap + ports * port + (ports - 1) * portGap;
  return device + between + gap + unit + gap + tables * table + (tables - 1) * tableGap + gap + memoryWidth;
}

/** The narrowest picture of a path; below that it scrolls. */
export const leastWidth = (ports: number, tables: number): number => widthOf(narrowest, ports, tables);

/** Lays a path of `ports` ports and `tables` tables out over `available` pixels; spare room widens the gaps. */
export function layPicture(available: number, ports: number, tables: number): PictureLayout {
  const measures = [roomy, tight, tightest].find((each) => available >= widthOf(each, ports, tables)) ?? narrowest;
  const least = widthOf(measures, ports, tables);
  const width = Math.max(available, least);
  const gaps = ports === 0 ? 3 : 4;
  // No gap grows beyond twice a port: in a very wide window the path stays one picture.
  const gap = measures.gap + Math.min((width - least) / gaps, 90);
  let x = 0;
  const take = (boxWidth: number, y: number, boxHeight: number, after: number): Box => {
    const box = { x, y, width: boxWidth, height: boxHeight };
    x += boxWidth + after;
    return box;
  };
  const device = take(measures.device, top, 248, gap);
  const boxes = Array.from({ length: ports }, (_, at) =>
    take(measures.port, top, 248, at === ports - 1 ? gap : measures.portGap),
  );
  const unit = take(measures.unit, top - 4, 256, gap);
  const tableBoxes = Array.from({ length: tables }, (_, at) =>
    take(measures.table, tableTop, tableRows * rowPitch, at === tables - 1 ? gap : measures.tableGap),
  );
  const memory = take(memoryWidth, top, (guestRows + hostRows) * memoryPitch + 4, 0);
  const first = tableBoxes[0];
  const arcStart = { x: unit.x + unit.width - 6, y: 84 };
  return {
    width: x,
    height,
    dma: 122,
    interrupt: 270,
    device,
    ports: boxes,
    unit,
    tables: tableBoxes,
    interruptTable: {
      x: first?.x ?? unit.x + unit.width + gap,
      y: 251,
      width: Math.max(measures.table, 72),
      height: interruptRows * rowPitch,
    },
    memory,
    processors: { x: memory.x, y: 252, width: memoryWidth, height: 38 },
    arc: arcOver(arcStart, { x: memory.x + 4, y: memory.y - 2 }),
  };
}

/** Rises from the unit, runs level above the tables' names, falls onto the memory. */
function arcOver(from: Point, to: Point): readonly Point[] {
  const level = 30;
  const rise = Math.min(100, (to.x - from.x) / 3);
  return [
    from,
    ...curve(
      from,
      { x: from.x + rise * 0.45, y: level + 12 },
      { x: from.x + rise * 0.7, y: level },
      { x: from.x + rise, y: level },
      12,
    ),
    ...curve({ x: to.x - 34, y: level }, { x: to.x - 12, y: level }, { x: to.x - 2, y: level + 8 }, to, 10),
  ];
}

/** The row of a table that stands for an entry: eight rows stand for all of them. */
export const rowOf = (index: number, entries: number): number =>
  Math.min(tableRows - 1, Math.floor((index * tableRows) / entries));

/** Middle of a row of a table. */
export const rowMiddle = (box: Box, row: number): number => box.y + row * rowPitch + (rowPitch - 1) / 2;

/** Top left corner of a cell of the memory grid; rows from `guestRows` on are the host's, below a line. */
export function memoryCell(box: Box, cell: number): Point {
  const row = Math.floor(cell / memoryColumns);
  return {
    x: box.x + (cell % memoryColumns) * memoryPitch,
    y: box.y + row * memoryPitch + (row >= guestRows ? 4 : 0),
  };
}
