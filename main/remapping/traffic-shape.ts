import * as v from 'valibot';

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));

export const trafficTracks = ['dma', 'interrupt', 'invalidation'] as const;
export const trafficOutcomes = ['hit', 'miss', 'blocked', 'delivered', 'refused', 'forgotten'] as const;

/** One event on the timeline. DMA events are sampled, all others are whole. */
export const trafficEventShape = v.object({
  track: v.picklist(trafficTracks),
  outcome: v.picklist(trafficOutcomes),
  /** simulated nanoseconds since the start of the traffic */
  at: v.number(),
  /** nanoseconds from the device to the answer, in the cost model */
  latency: v.number(),
  /** address as the device gave it, `0x…` */
  address: v.string(),
  write: v.boolean(),
  /** fault reason, 0 where none */
  reason: natural,
});

/** Cumulative since the start; lookups = hits + misses. */
export const trafficCountersShape = v.object({
  translations: natural,
  bytes: natural,
  iotlbHits: natural,
  iotlbMisses: natural,
  tableReads: natural,
  interrupts: natural,
  interruptsRefused: natural,
  invalidations: natural,
  faults: natural,
});

export const trafficBatchShape = v.object({
  /** counts batches from 0 */
  number: natural,
  /** simulated nanoseconds */
  from: v.number(),
  to: v.number(),
  events: v.array(trafficEventShape),
  /** one DMA event of so many is in `events` */
  sampledOneIn: natural,
  counters: trafficCountersShape,
  /** accesses in this batch to each of `heatCells` equal parts of guest memory */
  heat: v.array(natural),
  iotlbUsed: natural,
  iotlbEntries: natural,
  /** what Linux would print for the last fault of this batch */
  kernelLines: v.array(v.string()),
});

export type TrafficEvent = v.InferOutput<typeof trafficEventShape>;
export type TrafficCounters = v.InferOutput<typeof trafficCountersShape>;
export type TrafficBatch = v.InferOutput<typeof trafficBatchShape>;

/** Batches after which nothing is caught any more: ten minutes of watching, which take seconds to run again. */
export const latestCapture = 6000;

/** Cells of the picture of guest memory: 10 columns by 8 rows. */
export const heatCells = 80;
