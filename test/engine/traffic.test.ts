import { safeParse } from 'valibot';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../main/machine/address.ts';
import { Traffic } from '../../main/remapping/scenarios/traffic.ts';
import { heatCells, trafficBatchShape } from '../../main/remapping/traffic-shape.ts';
import type { TrafficBatch } from '../../main/remapping/traffic-shape.ts';

const device = parseAddress('0000:01:00.0');
if (device === null) throw new Error('address');
const traffic = (seed: number): Traffic => new Traffic({ path: { device, ports: [] }, seed });
const run = (seed: number, batches: number): TrafficBatch[] => {
  const made = traffic(seed);
  return Array.from({ length: batches }, () => made.step(4000));
};

describe('live traffic', () => {
  const batches = run(7, 40);
  const last = batches.at(-1);
  if (last === undefined) throw new Error('batches');

  test('is a value of its shape', () => {
    for (const batch of batches) expect(safeParse(trafficBatchShape, batch).success).toBe(true);
  });

  test('the same seed gives the same traffic, another seed another', () => {
    expect(run(7, 40)).toEqual(batches);
    expect(run(8, 3)).not.toEqual(batches.slice(0, 3));
  });

  test('counters add up', () => {
    const { counters } = last;
    expect(counters.iotlbHits + counters.iotlbMisses).toBe(counters.translations);
    expect(counters.translations).toBe(40 * 4000);
    const stopped = batches.flatMap((batch) => batch.events).filter((event) => event.reason !== 0);
    expect(stopped).toHaveLength(counters.faults);
    const heat = batches.reduce((sum, batch) => sum + batch.heat.reduce((cells, cell) => cells + cell, 0), 0);
    expect(heat * 64).toBe(counters.bytes);
  });

  test('is mixed: mostly hits, some misses, faults of both kinds, invalidations, refused interrupts', () => {
    const { counters } = last;
    const ratio = counters.iotlbHits / counters.translations;
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(0.999);
    for (const count of [counters.faults, counters.invalidations, counters.interrupts, counters.interruptsRefused])
      expect(count).toBeGreaterThan(0);
    const outcomes = new Set(batches.flatMap((batch) => batch.events.map((event) => event.outcome)));
    expect([...outcomes].sort()).toEqual(['blocked', 'delivered', 'forgotten', 'hit', 'miss', 'refused']);
    const reasons = new Set(batches.flatMap((batch) => batch.events.map((event) => event.reason)));
    for (const reason of [0x05, 0x26]) expect(reasons).toContain(reason);
    expect(batches.some((batch) => batch.kernelLines.some((line) => line.startsWith('DMAR: [')))).toBe(true);
  });

  test('batches join in time, and stay small', () => {
    batches.slice(1).forEach((batch, index) => expect(batch.from).toBe(batches[index]?.to));
    for (const batch of batches) {
      expect(batch.events.length).toBeLessThan(300);
      expect(batch.heat).toHaveLength(heatCells);
      for (const event of batch.events) expect(event.at).toBeLessThanOrEqual(batch.to);
    }
  });
});
