import { describe, expect, test } from 'vitest';
import { kneeOf, sweepWindows } from '../../main/remapping/experiments/window-sweep.ts';
import type { SweepPoint } from '../../main/remapping/experiments/window-sweep.ts';
import { iotlbPresets } from '../../main/remapping/timing/iotlb-presets.ts';
import type { IotlbPreset } from '../../main/remapping/timing/iotlb-presets.ts';

const kib = 1024;
const mib = 1024 * kib;
const doubling = (from: number, to: number): number[] => {
  const windows = [];
  for (let window = from; window <= to; window *= 2) windows.push(window);
  return windows;
};
const within = (value: number, published: number, share: number): void => {
  expect(value).toBeGreaterThanOrEqual(published * (1 - share));
  expect(value).toBeLessThanOrEqual(published * (1 + share));
};
const last = (points: readonly SweepPoint[]): SweepPoint => {
  const point = points.at(-1);
  if (point === undefined) throw new Error('no windows');
  return point;
};

describe('reads over a growing window, 64 entries (pcie-bench, SIGCOMM 2018)', () => {
  const windows = doubling(4 * kib, 64 * mib);
  const small = sweepWindows({ entries: 64, ways: 64, level: 1, windows });

  test('the knee is at 256 KiB: 64 pages of 4 KiB', () => {
    expect(kneeOf(small)).toBe(256 * kib);
  });

  test('reads take about 430 ns before it and 760 ns far beyond', () => {
    for (const { window, latency } of small) if (window <= 256 * kib) within(latency, 430, 0.05);
    within(last(small).latency, 760, 0.05);
    expect(last(small).hitRatio).toBeLessThan(0.02);
  });

  test('a larger window is never faster, and a miss reads one entry at each of four levels', () => {
    for (const [index, point] of small.entries()) {
      const before = small[index - 1];
      if (before !== undefined) expect(point.latency).toBeGreaterThanOrEqual(before.latency - 8);
      expect(point.tableReads).toBeCloseTo(4 * (1 - point.hitRatio), 9);
    }
  });

  test('just above the knee the hits are those of 64 pages out of the window', () => {
    const twice = small.find(({ window }) => window === 512 * kib);
    expect(twice?.hitRatio).toBeGreaterThan(0.45);
    expect(twice?.hitRatio).toBeLessThan(0.55);
  });

  test('with pages of 2 MiB there is no knee up to 64 of them', () => {
    const large = sweepWindows({ entries: 64, ways: 64, level: 2, windows: doubling(4 * kib, 128 * mib) });
    expect(kneeOf(large)).toBeNull();
    for (const { latency } of large) within(latency, 430, 0.05);
  });

  test('beyond 128 MiB it is back, with three reads for a miss', () => {
    const large = sweepWindows({ entries: 64, ways: 64, level: 2, windows: doubling(64 * mib, 512 * mib) });
    expect(kneeOf(large)).toBe(128 * mib);
    for (const { hitRatio, tableReads } of large) expect(tableReads).toBeCloseTo(3 * (1 - hitRatio), 9);
  });
});

describe.each(Object.entries(iotlbPresets) as [string, IotlbPreset][])('capacity: %s', (_name, { entries, ways }) => {
  test('the knee is at entries times 4 KiB, and not a page elsewhere', () => {
    const capacity = entries.value * 4 * kib;
    const windows = [capacity / 2, capacity - 4 * kib, capacity, capacity + 4 * kib, capacity * 2, capacity * 4];
    const points = sweepWindows({ entries: entries.value, ways, level: 1, windows });
    expect(kneeOf(points)).toBe(capacity);
    const latencies = points.map(({ latency }) => latency);
    expect(latencies).toEqual([...latencies].sort((a, b) => a - b));
  });
});

test('a window that is not walked through a cache of its size is slower in a smaller cache', () => {
  const at = (entries: number): number =>
    last(sweepWindows({ entries, ways: entries, level: 1, windows: [mib] })).latency;
  expect(at(32)).toBeGreaterThan(at(64));
  expect(at(64)).toBeGreaterThan(at(128));
  expect(at(256)).toBeCloseTo(430, 9);
});
