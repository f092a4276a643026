import type { TrafficBatch, TrafficEvent } from '../../main/remapping/traffic-shape.ts';
import type { PictureLayout } from './picture-layout.ts';
import { lengthOf } from './polyline.ts';
import type { Point } from './polyline.ts';

/** A packet of the live picture: one event of a batch on its way. */
export interface LivePacket {
  readonly id: number;
  readonly outcome: TrafficEvent['outcome'];
  /** corners of its way, with the share of the way at each */
  readonly frames: readonly { readonly x: number; readonly y: number; readonly offset: number }[];
  readonly milliseconds: number;
  readonly delay: number;
}

const pixelsPerSecond = 620;

/** The most that are drawn at a time, however long the page sleeps between two batches. */
export const mostPackets = 48;

type Moving = Exclude<TrafficEvent['outcome'], 'forgotten'>;

/** Where requests that the unit stops end: its edge. Which table said no differs from one to the next. */
export const stopAt = ({ unit }: PictureLayout): Point => ({ x: unit.x + unit.width - 1, y: unit.y + unit.height / 2 });

/** Where forged interrupts end: behind the table whose entry names another sender. */
export const refusalAt = ({ interruptTable, interrupt }: PictureLayout): Point => ({
  x: interruptTable.x + interruptTable.width + 26,
  y: interrupt,
});

/** The five ways through the picture. */
export function liveWays(layout: PictureLayout): Readonly<Record<Moving, readonly Point[]>> {
  const { device, unit, memory, processors, dma, interrupt, arc } = layout;
  const start = { x: device.x + device.width, y: dma };
  const inside = { x: unit.x + unit.width / 2, y: dma };
  const lower = { x: device.x + device.width, y: interrupt };
  return {
    hit: [start, inside, ...arc],
    miss: [start, { x: memory.x - 4, y: dma }],
    blocked: [start, inside, stopAt(layout)],
    delivered: [lower, { x: processors.x - 4, y: interrupt }],
    refused: [lower, refusalAt(layout)],
  };
}

/** The corners of a way and how far along each one is, 0 to 1. */
function framesOf(way: readonly Point[], whole: number): LivePacket['frames'] {
  let gone = 0;
  return way.map(({ x, y }, at) => {
    const before = way[at - 1];
    if (before !== undefined) gone += Math.hypot(x - before.x, y - before.y);
    return { x, y, offset: Math.min(1, gone / Math.max(whole, 1)) };
  });
}

/**
 * The packets that one batch adds: every request that was stopped, a few interrupts, and two of its DMA events as they
 * fell, so that hits and misses are seen in their true proportion. `next`: the first free id.
 */
export function packetsOf(batch: TrafficBatch, layout: PictureLayout, next: number): readonly LivePacket[] {
  const passed = batch.events.filter(({ outcome }) => outcome === 'hit' || outcome === 'miss');
  const chosen = [
    ...[0.25, 0.75].flatMap((share) => passed[Math.floor(share * passed.length)] ?? []),
    ...batch.events.filter(({ outcome }) => outcome === 'blocked' || outcome === 'refused').slice(0, 3),
    ...batch.events.filter(({ outcome }) => outcome === 'delivered').slice(0, 1),
  ];
  const ways = liveWays(layout);
  return chosen.flatMap(({ outcome }, at): LivePacket[] => {
    if (outcome === 'forgotten') return [];
    const way = ways[outcome];
    const whole = lengthOf(way);
    const milliseconds = (whole / pixelsPerSecond) * 1000;
    return [{ id: next + at, outcome, frames: framesOf(way, whole), milliseconds, delay: at * 40 }];
  });
}
