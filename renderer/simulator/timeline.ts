import { decisionRow } from '../../main/remapping/trace-codes.ts';
import { duration } from '../../main/remapping/trace.ts';
import type { Trace, Transaction } from '../../main/remapping/trace.ts';

/** Of what happens over time, each kind on a track of its own. */
export const tracks = ['dma', 'interrupt', 'invalidation'] as const;
export type Track = (typeof tracks)[number];

/** One transaction on its track; times in simulated nanoseconds. */
export interface Mark {
  readonly transaction: number;
  readonly start: number;
  readonly end: number;
}

export interface FaultMark {
  readonly position: number;
  readonly track: Track;
  readonly time: number;
}

/** One track: its transactions, or where these are too many to tell apart, how many began in each stretch of time. */
export interface TrackModel {
  readonly track: Track;
  readonly marks: readonly Mark[];
  readonly density: readonly number[];
}

export interface TimelineModel {
  readonly duration: number;
  readonly tracks: readonly TrackModel[];
  readonly faults: readonly FaultMark[];
  readonly ticks: readonly number[];
}

/** Above this many transactions a track shows their density. */
const apart = 160;

function span(trace: Trace, transaction: Transaction): { start: number; end: number } {
  const first = trace.steps[transaction.firstStep];
  const last = trace.steps[transaction.firstStep + transaction.steps - 1];
  const start = first?.at ?? 0;
  return { start, end: last ? last.at + last.cost : start };
}

function densityOf(starts: readonly number[], end: number, buckets: number): readonly number[] {
  const counts = new Array<number>(buckets).fill(0);
  for (const start of starts) {
    const bucket = Math.min(buckets - 1, Math.floor((start / Math.max(end, 1)) * buckets));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  return counts.map((count) => count / most);
}

/** Round times for the axis: at most `wanted` steps of 1, 2 or 5 times a power of ten. */
export function axisTicks(end: number, wanted: number): readonly number[] {
  if (end <= 0) return [0];
  const rough = end / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, at) => at * step);
}

/** What the timeline strip shows of a trace; made once per trace. */
export function timelineOf(trace: Trace, wantedTicks: number): TimelineModel {
  const end = duration(trace);
  const spans = trace.transactions.map((transaction, at) => ({
    kind: transaction.kind,
    mark: { transaction: at, ...span(trace, transaction) },
  }));
  return {
    duration: end,
    tracks: tracks.map((track) => {
      const marks = spans.filter(({ kind }) => kind === track).map(({ mark }) => mark);
      const many = marks.length > apart;
      return {
        track,
        marks: many ? [] : marks,
        density: many
          ? densityOf(
              marks.map(({ start }) => start),
              end,
              apart,
            )
          : [],
      };
    }),
    faults: trace.steps.flatMap((step, position) => {
      const kind = trace.transactions[step.transaction]?.kind;
      return kind && decisionRow(step.decision).flow === 'stops' ? [{ position, track: kind, time: step.at }] : [];
    }),
    ticks: axisTicks(end, wantedTicks),
  };
}
