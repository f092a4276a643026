import type { PciAddress } from '../../main/machine/address.ts';
import type { Leaf } from './forest.ts';
import { measures as m, type Columns } from './measures.ts';
import type { Placed } from './placed.ts';

/** The line from a port (or the CPU's line) to what hangs on it. */
export interface Edge {
  /** the function that it leads to */
  readonly to: PciAddress;
  readonly row: number;
  readonly path: string;
  /** dotted rest of the way to a card far right; null where the line reaches it */
  readonly leader: { readonly from: number; readonly to: number; readonly y: number } | null;
}

/** A dotted leader begins this far behind a tab. */
const solid = 18;
/** Shorter gaps are one solid line. */
const leastLeader = 34;

export interface LeaderRoom {
  /** where a note behind the port ends; the leader begins there */
  readonly noteEnd: number | null;
  /** where the end's own label begins, before its chips */
  readonly endX: number;
}

/** Lines of the whole drawing; `room` says what stands on each row between port and end. */
export function edgesOf(
  placed: readonly Placed[],
  columns: Columns,
  room: (row: number) => LeaderRoom,
): readonly Edge[] {
  const at = new Map<Leaf, Placed>(placed.map((each) => [each.leaf, each]));
  const edges: Edge[] = [];
  const rows = new Set<string>();
  for (const each of placed) {
    // Chips and mini tabs of one row share one line.
    const shared = `${each.row} ${each.form}`;
    if (each.form !== 'tab' && each.form !== 'card' && rows.has(shared)) continue;
    rows.add(shared);
    if (each.form === 'unit') continue;
    const parent = each.leaf.parent === null ? null : (at.get(each.leaf.parent) ?? null);
    const edge = parent === null ? fromSpine(each, room(each.row)) : fromPort(parent, each, columns, room(each.row));
    if (edge !== null) edges.push({ to: each.leaf.address, row: each.row, ...edge });
  }
  return edges;
}

type Line = Pick<Edge, 'path' | 'leader'>;

function fromSpine(child: Placed, room: LeaderRoom): Line {
  const { y } = child;
  if (child.form === 'tab' || child.form === 'mini') {
    return { path: `M${m.spineX} ${y}H${child.x}`, leader: null };
  }
  return { path: '', leader: { from: m.spineX + 6, to: Math.min(room.endX, child.x), y } };
}

function fromPort(parent: Placed, child: Placed, columns: Columns, room: LeaderRoom): Line | null {
  const from = parent.x + parent.width;
  const isTab = child.form === 'tab' || child.form === 'mini';
  const to = isTab ? child.x : Math.min(room.endX, child.x);
  if (parent.y === child.y) {
    if (isTab || to - from < leastLeader) return { path: `M${from} ${child.y}H${to}`, leader: null };
    const turn = room.noteEnd === null ? from + solid : from + 5;
    return {
      path: `M${from} ${child.y}H${turn}`,
      leader: { from: room.noteEnd === null ? turn + 4 : room.noteEnd + 4, to, y: child.y },
    };
  }
  const column = columns.tab(parent.leaf.depth + 1);
  const trunk = column - m.trunk;
  // Functions of one card right behind the last column of ports: the card below says enough.
  if (!isTab && to - from < leastLeader) return null;
  const reach = isTab ? to : Math.min(column, to);
  const path = `M${from} ${parent.y}H${trunk}V${child.y - m.corner}q0 ${m.corner} ${m.corner} ${m.corner}H${reach}`;
  return { path, leader: isTab || to - reach < 8 ? null : { from: reach + 4, to, y: child.y } };
}
