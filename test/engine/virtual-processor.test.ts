import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experimentUnit } from '../../main/remapping/experiments/experiment-unit.ts';
import { PostedDescriptor } from '../../main/remapping/platform/posted-descriptor.ts';
import { VirtualProcessor } from '../../main/remapping/platform/virtual-processor.ts';
import type { InterruptDelivery } from '../../main/remapping/platform/virtual-processor.ts';

const requester = 0x0100;

/** A guest with posted interrupts behind a unit; the device's message with entry n carries vector `vectors[n]`. */
function postedGuest(vectors: readonly number[]) {
  const driver = experimentUnit(64, 64);
  const descriptor = new PostedDescriptor(driver.unit.memory, 0x10_0000, 0xf2, 1);
  vectors.forEach((vector, index) => {
    driver.routePosted({ index, vector, source: requester }, descriptor.address);
  });
  const handled: number[] = [];
  const guest = new VirtualProcessor('posted', (vector) => handled.push(vector), descriptor);
  /** true: the unit notified the processor */
  const raise = (index: number): boolean => {
    const { address, data } = driver.messageFor(index);
    expect(driver.unit.interrupt(requester, 0, address | 0, data)).toBe(0);
    return driver.unit.interrupts.delivered?.posted?.notification !== null;
  };
  return { guest, handled, raise, descriptor, driver };
}

describe('a posted interrupt', () => {
  test('notifies once until it is taken over: what comes meanwhile is taken with it', () => {
    const { guest, handled, raise } = postedGuest([0x41, 0x51, 0x61]);
    expect([raise(0), raise(1), raise(2)]).toEqual([true, false, false]);
    guest.notify();
    expect(handled).toEqual([0x61, 0x51, 0x41]);
    expect(guest.exits.total).toBe(0);
    expect(raise(0)).toBe(true);
  });

  test('waits in the descriptor while the guest does not run, without a notification where it is suppressed', () => {
    const { guest, handled, raise, descriptor } = postedGuest([0x41]);
    guest.running = false;
    descriptor.setSuppressed(true);
    expect(raise(0)).toBe(false);
    descriptor.setSuppressed(false);
    expect(handled).toEqual([]);
    guest.enter();
    expect(handled).toEqual([0x41]);
    expect(guest.exits.total).toBe(0);
  });

  test('of somebody else is refused, and the descriptor stays empty', () => {
    const { driver, descriptor } = postedGuest([0x41]);
    const { address, data } = driver.messageFor(0);
    expect(driver.unit.interrupt(requester + 1, 0, address | 0, data)).not.toBe(0);
    expect(descriptor.harvest()).toEqual([]);
  });

  test('whatever vectors are posted, those are harvested, each once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 16, max: 255 }), { minLength: 1, maxLength: 24 }), (vectors) => {
        const { raise, descriptor } = postedGuest(vectors);
        vectors.forEach((_vector, index) => raise(index));
        vectors.forEach((_vector, index) => raise(index));
        expect(descriptor.harvest()).toEqual([...vectors].sort((a, b) => a - b));
        expect(descriptor.harvest()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('exits of one interrupt', () => {
  const exitsOf = (delivery: InterruptDelivery, before: (guest: VirtualProcessor) => void = () => undefined) => {
    const handled: number[] = [];
    const guest = new VirtualProcessor(delivery, (vector) => handled.push(vector));
    before(guest);
    guest.receive(0x61);
    return { guest, handled };
  };

  test('host: delivery and end; directly: its end; exitless: none', () => {
    for (const [delivery, count] of [
      ['host', 2],
      ['delivery-only', 1],
      ['exitless', 0],
    ] as const) {
      const { guest, handled } = exitsOf(delivery);
      expect(guest.exits.total).toBe(count);
      expect(handled).toEqual([0x61]);
    }
  });

  test('with interrupts off the host has to wait for a window, the processor itself has not', () => {
    const off = (guest: VirtualProcessor): void => {
      guest.interruptible = false;
    };
    const host = exitsOf('host', off);
    expect(host.handled).toEqual([]);
    host.guest.enableInterrupts();
    expect(host.handled).toEqual([0x61]);
    expect(host.guest.exits.counts).toMatchObject({ 'external-interrupt': 1, 'interrupt-window': 1, 'apic-access': 1 });
    const direct = exitsOf('exitless', off);
    expect(direct.handled).toEqual([]);
    direct.guest.enableInterrupts();
    expect(direct.handled).toEqual([0x61]);
    expect(direct.guest.exits.total).toBe(0);
  });

  test('while the guest does not run it is not left, and finds the interrupt when it is entered', () => {
    const { guest, handled } = exitsOf('exitless', (stopped) => {
      stopped.running = false;
    });
    expect(handled).toEqual([]);
    expect(guest.exits.total).toBe(0);
    guest.enter();
    expect(handled).toEqual([0x61]);
  });
});
