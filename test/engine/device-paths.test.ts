import { safeParse } from 'valibot';
import { describe, expect, test } from 'vitest';
import { access, noPasid } from '../../main/remapping/access.ts';
import { comparePath } from '../../main/remapping/experiments/device-comparison.ts';
import { experimentUnit } from '../../main/remapping/experiments/experiment-unit.ts';
import { deviceWays } from '../../main/remapping/platform/device-path.ts';
import { hardwareCosts } from '../../main/remapping/timing/hardware-costs.ts';
import { exitReasons } from '../../main/remapping/timing/exit-costs.ts';
import {
  publishedComparison,
  publishedComparisonShape,
  publishedQuantities,
  publishedWays,
} from '../../main/remapping/timing/published-comparison.ts';

const load = { packets: 960, batch: 16 };
const batches = load.packets / load.batch;

describe('the same packets by each way', () => {
  test.each(deviceWays)('%s: every packet is moved', (way) => {
    expect(comparePath(way, 'host', load)).toMatchObject({ moved: load.packets, refused: 0 });
  });

  test('emulated: an exit for every packet, three for every handler, and a delivery and its end', () => {
    const { byReason, wakeups } = comparePath('emulated', 'host', load);
    expect(byReason['ept-misconfiguration']).toBe(load.packets + 3 * batches);
    expect(byReason['external-interrupt']).toBe(batches);
    expect(byReason['apic-access']).toBe(batches);
    expect(wakeups).toBe(load.packets);
  });

  test('paravirtual: one exit for a batch; vhost the same without leaving the kernel', () => {
    const process = comparePath('paravirtual', 'host', load);
    const kernel = comparePath('vhost', 'host', load);
    expect(process.byReason['io-instruction']).toBe(batches);
    expect(kernel.byReason).toEqual(process.byReason);
    expect([process.wakeups, kernel.wakeups]).toEqual([batches, 0]);
  });

  test('passthrough and SR-IOV: the device reaches memory itself, and only its interrupts leave the guest', () => {
    for (const way of ['passthrough', 'sr-iov'] as const) {
      const { byReason, exits, translations } = comparePath(way, 'host', load);
      expect(translations).toBe(load.packets);
      expect(exits).toBe(byReason['external-interrupt'] + byReason['apic-access']);
      expect(exits).toBe(2 * batches);
      expect(comparePath(way, 'posted', load).exits).toBe(0);
      expect(comparePath(way, 'exitless', load).exits).toBe(0);
    }
    for (const way of ['emulated', 'paravirtual', 'vhost'] as const)
      expect(comparePath(way, 'host', load).translations).toBe(0);
  });

  test('each way costs the processor less than the one before', () => {
    const cycles = [
      comparePath('emulated', 'host', load),
      comparePath('paravirtual', 'host', load),
      comparePath('passthrough', 'host', load),
      comparePath('passthrough', 'delivery-only', load),
      comparePath('passthrough', 'posted', load),
    ].map((result) => result.cycles);
    expect(cycles).toEqual([...cycles].sort((a, b) => b - a));
    expect(new Set(cycles).size).toBe(cycles.length);
  });

  test('an end of interrupt leaves the guest once for each injection, as perf counted it on KVM in 2010', () => {
    const { byReason } = comparePath('paravirtual', 'host', load);
    const measured = 295_147 / 290_013;
    expect(Math.abs(byReason['apic-access'] / byReason['external-interrupt'] - measured)).toBeLessThan(0.05);
  });
});

test('two virtual functions of one device reach each their own guest', () => {
  const driver = experimentUnit(64, 64);
  const reached = [0x0180, 0x0182].map((requester, index) => {
    const domain = driver.createDomain(4);
    const physical = 2 ** 30 * (index + 1);
    driver.map(domain, { iova: 0, physical, bytes: 4096, read: true, write: true, largestLevel: 1 });
    driver.attach(requester, domain);
    expect(driver.unit.translate(requester, noPasid, 0, 0x10, access.write)).toBe(0);
    return driver.unit.dma.outLo >>> 0;
  });
  expect(reached).toEqual([2 ** 30 + 0x10, 2 ** 31 + 0x10]);
  expect(driver.unit.translate(0x0184, noPasid, 0, 0x10, access.write)).not.toBe(0);
});

describe('figures', () => {
  const figures = [...Object.values(hardwareCosts), ...Object.values(exitReasons).map(({ cycles }) => cycles)];
  test('each has a source and is above 0', () => {
    for (const { value, source } of figures) {
      expect(value).toBeGreaterThan(0);
      expect(source).not.toBe('');
    }
  });

  test('the published comparison has every way once, with figures in range and a source', () => {
    expect(safeParse(publishedComparisonShape, publishedComparison).success).toBe(true);
    expect(publishedComparison.map(({ way }) => way)).toEqual([...publishedWays]);
    const figuresOfAll = publishedComparison.flatMap(({ figures: list }) => list);
    for (const { from, to, source, quantity } of figuresOfAll) {
      expect(from).toBeLessThanOrEqual(to);
      expect(source).not.toBe('');
      if (quantity === 'guest-time' || quantity === 'of-bare-metal') expect(to).toBeLessThanOrEqual(1);
    }
    expect(new Set(figuresOfAll.map(({ quantity }) => quantity))).toEqual(new Set(publishedQuantities));
  });
});
