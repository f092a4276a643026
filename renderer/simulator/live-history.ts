import type { TrafficBatch, TrafficEvent } from '../../main/remapping/traffic-shape.ts';

/** An event that stood out, in which traffic and batch: so that it can be caught when the same traffic runs again. */
export type Notable = TrafficEvent & { readonly seed: number; readonly batch: number };

/** Live traffic as the screen keeps it: the last batches, and nothing that grows with time. */
export interface LiveHistory {
  readonly batches: readonly TrafficBatch[];
  /** accesses to each cell of guest memory, older ones fading */
  readonly heat: readonly number[];
  /** faults, refused interrupts and invalidations, newest first */
  readonly notable: readonly Notable[];
  readonly kernelLines: readonly string[];
}

export const noHistory: LiveHistory = { batches: [], heat: [], notable: [], kernelLines: [] };

/** Ten batches a second: this many are six seconds. */
export const keptBatches = 60;
const keptNotable = 40;
/** What is left of a cell's heat after one batch. */
const fading = 0.92;

const isNotable = ({ outcome }: TrafficEvent): boolean =>
  outcome === 'blocked' || outcome === 'refused' || outcome === 'forgotten';

/** The history with one more batch of the traffic that `seed` makes. */
export function take(history: LiveHistory, batch: TrafficBatch, seed: number): LiveHistory {
  const fresh = batch.events
    .filter(isNotable)
    .reverse()
    .map((event) => ({ ...event, seed, batch: batch.number }));
  return {
    batches: [...history.batches.slice(1 - keptBatches), batch],
    heat: batch.heat.map((count, cell) => count + (history.heat[cell] ?? 0) * fading),
    notable: [...fresh, ...history.notable].slice(0, keptNotable),
    kernelLines: batch.kernelLines.length > 0 ? batch.kernelLines : history.kernelLines,
  };
}

type CounterName = keyof TrafficBatch['counters'];

/** Growth of a counter in each batch but the oldest, whose beginning is not kept (unless it is the first of all). */
export function perBatch(history: LiveHistory, name: CounterName): readonly number[] {
  return history.batches.flatMap((batch, at) => {
    const before = history.batches[at - 1]?.counters[name] ?? (batch.number === 0 ? 0 : null);
    return before === null ? [] : [batch.counters[name] - before];
  });
}

/** Share of look-ups that hit, batch by batch. */
export function sharePerBatch(history: LiveHistory): readonly number[] {
  const hits = perBatch(history, 'iotlbHits');
  const misses = perBatch(history, 'iotlbMisses');
  return hits.map((hit, at) => hit / Math.max(1, hit + (misses[at] ?? 0)));
}

export interface LiveRates {
  /** of look-ups, 0 to 1 */
  readonly hits: number;
  /** per simulated microsecond */
  readonly translations: number;
  /** per simulated millisecond */
  readonly interrupts: number;
  readonly invalidations: number;
  readonly faults: number;
  /** bytes per simulated second */
  readonly bytes: number;
  readonly tableReads: number;
}

/** Batches that a shown rate is taken over: one second, so that a person can read it. */
const rateBatches = 10;

/** Rates in simulated time over the last second; null before there is one batch. */
export function ratesOf(history: LiveHistory): LiveRates | null {
  const last = history.batches.at(-1);
  const first = history.batches.at(-rateBatches) ?? history.batches[0];
  if (last === undefined || first === undefined) return null;
  const window = Math.min(rateBatches, history.batches.length);
  const nanoseconds = Math.max(1, last.to - first.from);
  const grew = (name: CounterName): number =>
    perBatch(history, name)
      .slice(-window)
      .reduce((sum, count) => sum + count, 0);
  const lookups = grew('iotlbHits') + grew('iotlbMisses');
  return {
    hits: grew('iotlbHits') / Math.max(1, lookups),
    translations: (grew('translations') / nanoseconds) * 1e3,
    tableReads: (grew('tableReads') / nanoseconds) * 1e3,
    interrupts: (grew('interrupts') / nanoseconds) * 1e6,
    invalidations: (grew('invalidations') / nanoseconds) * 1e6,
    faults: (grew('faults') / nanoseconds) * 1e6,
    bytes: (grew('bytes') / nanoseconds) * 1e9,
  };
}

/** Latencies of the sampled DMA, in `edges.length + 1` classes bounded by `edges` (nanoseconds), hits and misses apart. */
export interface LatencyClasses {
  readonly hits: readonly number[];
  readonly misses: readonly number[];
}

export function latencyClasses(history: LiveHistory, edges: readonly number[]): LatencyClasses {
  const hits = new Array<number>(edges.length + 1).fill(0);
  const misses = new Array<number>(edges.length + 1).fill(0);
  for (const { track, outcome, latency } of history.batches.flatMap(({ events }) => events)) {
    if (track !== 'dma' || (outcome !== 'hit' && outcome !== 'miss')) continue;
    const found = edges.findIndex((edge) => latency < edge);
    const slot = found === -1 ? edges.length : found;
    const into = outcome === 'hit' ? hits : misses;
    into[slot] = (into[slot] ?? 0) + 1;
  }
  return { hits, misses };
}

/** Batches that the live timeline shows. */
export const shownBatches = 12;

/** Stretch of simulated time of the live timeline and what happened in it. */
export interface LiveWindow {
  readonly from: number;
  readonly to: number;
  /** sampled DMA events in each of equal stretches, as shares of the fullest */
  readonly density: readonly number[];
  readonly events: readonly TrafficEvent[];
}

export function windowOf(history: LiveHistory, stretches: number): LiveWindow | null {
  const batches = history.batches.slice(-shownBatches);
  const last = batches.at(-1);
  const first = batches[0];
  if (last === undefined || first === undefined) return null;
  const events = batches.flatMap((batch) => batch.events);
  const counts = new Array<number>(stretches).fill(0);
  const length = Math.max(1, last.to - first.from);
  for (const { track, at } of events) {
    if (track !== 'dma') continue;
    const slot = Math.min(stretches - 1, Math.floor(((at - first.from) / length) * stretches));
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  return {
    from: first.from,
    to: last.to,
    density: counts.map((count) => count / most),
    events: events.filter(({ track, outcome }) => track !== 'dma' || outcome === 'blocked'),
  };
}
