import { describe, expect, test } from 'vitest';
import { packetStream, receivePackets } from '../../main/remapping/experiments/protection-cost.ts';
import type { Protection } from '../../main/remapping/experiments/protection-cost.ts';
import { mappingCosts, protectionModes } from '../../main/remapping/timing/mapping-costs.ts';

const packets = 5000;
const results = Object.fromEntries(
  ([...protectionModes, 'passthrough'] as const).map((mode) => [mode, receivePackets(mode, packets)]),
) as Record<Protection, ReturnType<typeof receivePackets>>;

describe('10 GbE under three ways of protection (vIOMMU, ATC 2011)', () => {
  // `strict` is what the cycles for the rest of the stack were fixed by; the others follow.
  test.each([
    ['strict', 0.43],
    ['defer', 0.91],
    ['passthrough', 1],
  ] as const)('%s: %s of the line, within a tenth', (mode, published) => {
    expect(results[mode].lineShare).toBeGreaterThanOrEqual(published * 0.9);
    expect(results[mode].lineShare).toBeLessThanOrEqual(published * 1.1);
  });

  test('the strict bar is the calibrated one: it is met within a hundredth, by the cycles that are marked so', () => {
    expect(packetStream.otherCycles.standing).toBe('calibrated');
    expect(results.strict.lineShare).toBeCloseTo(0.43, 2);
  });

  test('what deferring saves for a packet does not depend on the calibration', () => {
    const clock = 2.93e9;
    const cyclesAt = (share: number): number => (clock * 1538 * 8) / (share * 10e9);
    const saved = results.strict.cyclesPerPacket - results.defer.cyclesPerPacket;
    const published = cyclesAt(0.43) - cyclesAt(0.91);
    expect(Math.abs(saved / published - 1)).toBeLessThan(0.1);
  });

  test('better allocators help, in the published order', () => {
    expect(results['strict+'].processorShare).toBeGreaterThan(results.strict.processorShare);
    expect(results['defer+'].processorShare).toBeGreaterThan(results.defer.processorShare);
    expect(results.passthrough.processorShare).toBeGreaterThan(results['defer+'].processorShare);
  });
});

describe('invalidations are those of the real queue', () => {
  test('strict: one for each packet; deferred: one for 250', () => {
    expect(results.strict.invalidationsPerPacket).toBe(1);
    expect(results.defer.invalidationsPerPacket).toBeCloseTo(1 / 250, 9);
    expect(results.passthrough.invalidationsPerPacket).toBe(0);
  });

  test('shared by a batch they cost what the paper measured for one deferred mapping', () => {
    const shared = results.defer.invalidationsPerPacket * mappingCosts.strict.invalidate;
    expect(Math.abs(shared / mappingCosts.defer.invalidate - 1)).toBeLessThan(0.1);
  });

  test('and the price: only strict keeps the device from a buffer that was taken back', () => {
    expect(results.strict.reachedAfterUnmap).toBe(0);
    expect(results['strict+'].reachedAfterUnmap).toBe(0);
    // All but the last of each batch, whose unmapping fills it.
    expect(results.defer.reachedAfterUnmap).toBeGreaterThan(packets * 0.9);
    expect(results.passthrough.reachedAfterUnmap).toBe(packets);
  });
});
