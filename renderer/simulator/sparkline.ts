import { counterNames } from '../../main/remapping/trace-codes.ts';
import type { CounterName } from '../../main/remapping/trace-codes.ts';
import { countersAt, duration, positionAtTime } from '../../main/remapping/trace.ts';
import type { Counters, TraceIndex } from '../../main/remapping/trace.ts';

/** Counters at the end of `buckets` equal stretches of a trace's time; one more at the front, all zero. */
export function countersOverTime(index: TraceIndex, buckets: number): readonly Counters[] {
  const end = duration(index.trace);
  const zero = countersAt(index, -1);
  return [
    zero,
    ...Array.from({ length: buckets }, (_, bucket) => {
      const time = (end * (bucket + 1)) / buckets;
      return index.trace.steps.length === 0 ? zero : countersAt(index, positionAtTime(index.trace, time));
    }),
  ];
}

/** How much a counter grew in each stretch. */
export const growth = (samples: readonly Counters[], name: CounterName): readonly number[] =>
  samples.slice(1).map((sample, at) => sample[name] - (samples[at]?.[name] ?? 0));

/** Share of lookups in the IOTLB that hit so far; null before the first lookup. */
export function hitShare(counters: Counters): number | null {
  const lookups = counters.iotlbHits + counters.iotlbMisses;
  return lookups === 0 ? null : counters.iotlbHits / lookups;
}

export const noCounters = Object.fromEntries(counterNames.map((name) => [name, 0])) as Counters;

/** The values as points of a line, scaled to `width` × `height`, highest value at the top with one pixel to spare. */
export function sparkPoints(
  values: readonly (number | null)[],
  width: number,
  height: number,
  highest: number,
): readonly { x: number; y: number }[] {
  const top = Math.max(highest, Number.EPSILON);
  const gap = values.length > 1 ? width / (values.length - 1) : 0;
  return values.map((value, at) => ({ x: at * gap, y: height - 1 - ((value ?? 0) / top) * (height - 2) }));
}
