import { describe, expect, test } from 'vitest';
import { eliModes, eliRoundTrip, eliWorkloads } from '../../main/remapping/experiments/eli-workloads.ts';
import type { EliWorkload } from '../../main/remapping/experiments/eli-workloads.ts';
import { deliverSecond, roundTrip } from '../../main/remapping/experiments/interrupt-delivery.ts';
import { exitReasons } from '../../main/remapping/timing/exit-costs.ts';

const rows = (Object.keys(eliWorkloads) as EliWorkload[]).flatMap((workload) =>
  eliModes.map((mode) => ({ workload, mode, row: eliWorkloads[workload][mode] })),
);
const within = (value: number, published: number, share: number): void => {
  expect(value).toBeGreaterThanOrEqual(published * (1 - share));
  expect(value).toBeLessThanOrEqual(published * (1 + share));
};

describe.each(rows)('$workload, $mode (ELI, ASPLOS 2012)', ({ mode, row }) => {
  const result = deliverSecond(mode, row);

  test(`leaves the guest about ${row.exits} times a second`, () => {
    within(result.exits, row.exits, 0.15);
  });

  test(`spends about ${row.guestTime} of the time in the guest`, () => {
    within(result.guestTime, row.guestTime, 0.15);
  });

  test('and no interrupt is lost', () => {
    expect(result.handled).toBe(row.interrupts);
  });
});

describe('what the table is met by', () => {
  test('two costs are fixed by netperf alone: its two rows are met within a hundredth', () => {
    expect(exitReasons['external-interrupt'].cycles.standing).toBe('calibrated');
    expect(exitReasons['apic-access'].cycles.standing).toBe('calibrated');
    const { host, 'delivery-only': half } = eliWorkloads.netperf;
    expect(deliverSecond('host', host).guestTime).toBeCloseTo(host.guestTime, 2);
    expect(deliverSecond('delivery-only', half).guestTime).toBeCloseTo(half.guestTime, 2);
  });

  test('every exit of the device in the first mode is a delivery, its end, or a window', () => {
    const { byReason, exits } = deliverSecond('host', { interrupts: 10_000, inHost: 10_000 });
    expect(byReason['external-interrupt']).toBe(10_000 + 250);
    expect(byReason['apic-access']).toBe(10_000 + 250);
    expect(exits).toBe(byReason['external-interrupt'] + byReason['apic-access'] + byReason['interrupt-window']);
  });

  test('more interrupts never mean fewer exits', () => {
    for (const mode of eliModes) {
      const exits = [1000, 2000, 4000, 8000].map(
        (interrupts) => deliverSecond(mode, { interrupts, inHost: mode === 'host' ? interrupts : 0 }).exits,
      );
      expect(exits).toEqual([...exits].sort((a, b) => a - b));
    }
  });
});

describe('a UDP round trip (ELI, ASPLOS 2012), which no cost was fixed by', () => {
  test.each(eliModes)('%s: within a tenth', (mode) => {
    within(roundTrip(mode, eliRoundTrip.bare), eliRoundTrip[mode], 0.1);
  });

  test('gets shorter with every exit that is left out', () => {
    const [host, half, none] = eliModes.map((mode) => roundTrip(mode, eliRoundTrip.bare));
    expect(host).toBeGreaterThan(half ?? Infinity);
    expect(half).toBeGreaterThan(none ?? Infinity);
  });
});

describe('posted by the unit', () => {
  test('costs no exit but those of the timer, and every interrupt is handled', () => {
    const { exits, byReason, handled } = deliverSecond('posted', { interrupts: 50_000, inHost: 0 });
    expect(handled).toBe(50_000);
    expect(byReason['external-interrupt']).toBe(250);
    expect(exits).toBe(250);
  });
});
