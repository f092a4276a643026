import { decisionRow } from '../../main/remapping/trace-codes.ts';
import { isCachedPage } from '../../main/remapping/trace.ts';
import type { Trace, TraceStep } from '../../main/remapping/trace.ts';
import { memoryCell, memoryPitch, rowMiddle, rowOf } from './picture-layout.ts';
import type { PictureLayout } from './picture-layout.ts';
import { lengthOf } from './polyline.ts';
import type { Point } from './polyline.ts';
import { tablesOf } from './stations.ts';
import type { Scene } from './stations.ts';

/** The way of one transaction through the picture, and how far along it stands after each of its steps. */
export interface PacketRoute {
  readonly points: readonly Point[];
  /** length along `points`, one for every step of the transaction */
  readonly stands: readonly number[];
  /** length at which the way leaves the unit: what lies beyond is the walk, the arc or the interrupt's last part */
  readonly beyond: number;
}

class RouteLine {
  readonly points: Point[];

  constructor(start: Point) {
    this.points = [start];
  }

  get last(): Point {
    return this.points.at(-1) ?? { x: 0, y: 0 };
  }

  /** Goes to a point; a change of height happens at `bend`, so that every piece is level or upright. */
  go(to: Point, bend = (this.last.x + to.x) / 2): void {
    const from = this.last;
    if (from.y !== to.y) this.points.push({ x: bend, y: from.y }, { x: bend, y: to.y });
    this.points.push(to);
  }

  follow(points: readonly Point[]): void {
    this.points.push(...points);
  }

  get length(): number {
    return lengthOf(this.points);
  }
}

/** The left edge of the row that a step read, where its table stands in the picture. */
function rowPoint(trace: Trace, layout: PictureLayout, step: TraceStep): Point | null {
  const tables = tablesOf(trace);
  const at = tables.findIndex((table) =>
    step.structure === 'paging-table' ? table.level === step.level : `${table.kind}-table` === step.structure,
  );
  const table = tables[at];
  const box = layout.tables[at];
  if (table === undefined || box === undefined) return null;
  const index = step.indexBits?.value ?? step.values.index ?? 0;
  return { x: box.x, y: rowMiddle(box, rowOf(index, table.entries)) };
}

/**
 * Draws the way of the scene's transaction, all of it, also the part that is to come. `cell`: the cell of guest memory
 * that it reaches. An invalidation has no way: it happens inside the unit.
 */
export function packetRoute(trace: Trace, scene: Scene, layout: PictureLayout, cell: number): PacketRoute {
  const { transaction, all } = scene;
  if (transaction.kind === 'invalidation') return { points: [], stands: all.map(() => 0), beyond: 0 };
  const y = transaction.kind === 'interrupt' ? layout.interrupt : layout.dma;
  const { device, unit, memory, processors, interruptTable } = layout;
  const line = new RouteLine({ x: device.x + device.width, y });
  const tableWidth = layout.tables[0]?.width ?? 0;
  let beyond = Infinity;
  let table: Point | null = null;
  let cached = false;
  const leave = (): void => {
    beyond = Math.min(beyond, line.length);
  };
  const stands = all.map((step) => {
    switch (step.structure) {
      case 'port': {
        const box = layout.ports[trace.path.ports.findIndex(({ address }) => address === step.values.port)];
        if (box) line.go({ x: box.x + box.width / 2, y });
        break;
      }
      case 'root-table':
      case 'context-table':
      case 'device-table':
      case 'paging-table': {
        // What a cached device table entry decides happens in the unit.
        if (step.structure === 'device-table' && step.read === null) break;
        const to = rowPoint(trace, layout, step);
        if (to === null) break;
        if (table === null) {
          line.go({ x: unit.x + unit.width - 12, y });
          leave();
          line.go(to, to.x - 9);
        } else {
          line.go({ x: table.x + tableWidth, y: table.y });
          line.go(to, to.x - 6);
        }
        table = to;
        break;
      }
      case 'interrupt-table':
        leave();
        line.go({ x: interruptTable.x, y });
        break;
      case 'memory': {
        const corner = memoryCell(memory, cell);
        if (cached) {
          line.follow([{ x: unit.x + unit.width / 2, y }, ...layout.arc]);
          break;
        }
        leave();
        if (table !== null) line.go({ x: table.x + tableWidth, y: table.y });
        line.go({ x: memory.x - 3, y: corner.y + memoryPitch / 2 - 1 }, memory.x - 16);
        break;
      }
      case 'cpu':
      case 'posted-descriptor':
        // The unit's own fault event reaches a processor too, but not along this request's way.
        if (decisionRow(step.decision).kind !== 'interrupt-delivery') break;
        leave();
        line.go({ x: processors.x - 4, y });
        break;
      case 'unit':
      case 'iotlb':
      case 'context-cache':
      case 'device-cache':
      case 'interrupt-cache':
        if (isCachedPage(step)) {
          cached = true;
          leave();
        }
        if (line.last.x < unit.x) line.go({ x: unit.x + 10, y });
        break;
      case 'device':
      case 'invalidation-queue':
      case 'guest-table':
      case 'command-buffer':
      case 'event-log':
      case 'fault-record':
      case 'kernel':
        break;
    }
    return line.length;
  });
  return { points: line.points, stands, beyond: Math.min(beyond, line.length) };
}
