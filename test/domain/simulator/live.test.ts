import { describe, expect, test } from 'vitest';
import { Traffic } from '../../../main/remapping/scenarios/traffic.ts';
import type { TrafficBatch } from '../../../main/remapping/traffic-shape.ts';
import {
  keptBatches,
  latencyClasses,
  noHistory,
  perBatch,
  ratesOf,
  sharePerBatch,
  take,
  windowOf,
} from '../../../renderer/simulator/live-history.ts';
import { liveWays, packetsOf, refusalAt, stopAt } from '../../../renderer/simulator/live-packets.ts';
import { layPicture } from '../../../renderer/simulator/picture-layout.ts';
import { story } from './story.ts';

function batches(count: number): readonly TrafficBatch[] {
  const traffic = new Traffic({ path: { device: story.path.device, ports: story.path.ports }, seed: 7 });
  return Array.from({ length: count }, () => traffic.step(1500));
}
const historyOf = (all: readonly TrafficBatch[]) => all.reduce((history, batch) => take(history, batch, 7), noHistory);

describe('the history of live traffic', () => {
  const all = batches(90);
  const history = historyOf(all);

  test('keeps a bounded number of batches and events, the newest', () => {
    expect(history.batches).toEqual(all.slice(-keptBatches));
    expect(history.notable.length).toBeLessThanOrEqual(40);
    const times = history.notable.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  test('counts from zero in the first batch, and never invents growth for a batch whose beginning is gone', () => {
    const whole = historyOf(all.slice(0, 5));
    expect(perBatch(whole, 'translations').reduce((sum, count) => sum + count, 0)).toBe(all[4]?.counters.translations);
    expect(perBatch(history, 'translations')).toHaveLength(keptBatches - 1);
  });

  test('rates are growth over simulated time', () => {
    const last = all.slice(-10);
    const before = all[all.length - 11];
    const now = all.at(-1);
    if (!before || !now || !last[0]) throw new Error('too few batches');
    const rates = ratesOf(history);
    const span = now.to - last[0].from;
    expect(rates?.translations).toBeCloseTo(
      ((now.counters.translations - before.counters.translations) / span) * 1e3,
      9,
    );
    expect(rates?.bytes).toBeCloseTo(((now.counters.bytes - before.counters.bytes) / span) * 1e9, 3);
    expect(ratesOf(noHistory)).toBeNull();
  });

  test('the share of hits is a share', () => {
    expect(sharePerBatch(history).every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  test('a walk takes longer than a hit in every class that holds both', () => {
    const { hits, misses } = latencyClasses(history, [120, 160, 200, 280, 360, 440, 520]);
    const top = (counts: readonly number[]) => counts.indexOf(Math.max(...counts));
    expect(top(misses)).toBeGreaterThan(top(hits));
  });

  test('the timeline holds every stopped request of its window', () => {
    const shown = windowOf(history, 200);
    const stopped = all
      .slice(-12)
      .flatMap(({ events }) => events)
      .filter(({ outcome }) => outcome === 'blocked' || outcome === 'refused');
    expect(stopped.length).toBeGreaterThan(0);
    expect(shown?.events).toEqual(expect.arrayContaining(stopped));
    expect(Math.max(...(shown?.density ?? []))).toBe(1);
    expect(windowOf(noHistory, 10)).toBeNull();
  });
});

describe('live packets', () => {
  const layout = layPicture(1192, 1, 6);

  test('what is stopped ends at its octagon and never in memory', () => {
    const ways = liveWays(layout);
    expect(ways.blocked.at(-1)).toEqual(stopAt(layout));
    expect(ways.refused.at(-1)).toEqual(refusalAt(layout));
    expect(stopAt(layout).x).toBeLessThan(layout.tables[0]?.x ?? 0);
    expect(refusalAt(layout).x).toBeLessThan(layout.processors.x);
  });

  test('one batch adds a handful, every one an event of it', () => {
    for (const batch of batches(30)) {
      const packets = packetsOf(batch, layout, 100);
      expect(packets.length).toBeLessThanOrEqual(6);
      expect(new Set(packets.map(({ id }) => id)).size).toBe(packets.length);
      const outcomes = new Set(batch.events.map(({ outcome }) => outcome));
      expect(packets.every(({ outcome }) => outcomes.has(outcome))).toBe(true);
      for (const { frames } of packets) {
        expect([frames[0]?.offset, frames.at(-1)?.offset]).toEqual([0, 1]);
        expect(frames.every(({ offset }, at) => offset >= (frames[at - 1]?.offset ?? 0))).toBe(true);
      }
    }
  });
});
