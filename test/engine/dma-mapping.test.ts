import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { access, noPasid } from '../../main/remapping/access.ts';
import { experimentUnit } from '../../main/remapping/experiments/experiment-unit.ts';
import { DmaMapping } from '../../main/remapping/platform/dma-mapping.ts';
import { FlushQueue } from '../../main/remapping/platform/flush-queue.ts';
import { IovaAllocator } from '../../main/remapping/platform/iova-allocator.ts';
import type { ProtectionMode } from '../../main/remapping/timing/mapping-costs.ts';

const requester = 0x0100;
const buffer = 2 ** 20;
const millisecond = 1e6;

function mapped(mode: ProtectionMode) {
  const driver = experimentUnit(64, 64);
  const domain = driver.createDomain(4);
  driver.attach(requester, domain);
  const mapping = new DmaMapping(driver, domain, mode);
  const reaches = (iova: number): boolean => driver.unit.translate(requester, noPasid, 0, iova | 0, access.write) === 0;
  const map = (): number => {
    const iova = mapping.map(buffer);
    if (iova === null) throw new Error('no address is left');
    return iova;
  };
  return { mapping, map, reaches };
}

describe('a buffer', () => {
  test('is reached while it is mapped, and with strict invalidation not a moment longer', () => {
    const { mapping, map, reaches } = mapped('strict');
    const iova = map();
    expect(reaches(iova)).toBe(true);
    mapping.unmap(iova, 0);
    expect(reaches(iova)).toBe(false);
    expect(mapping.invalidations).toBe(1);
  });

  test('that the device never touched is safe from it even before the batch is flushed', () => {
    const { mapping, map, reaches } = mapped('defer');
    const iova = map();
    mapping.unmap(iova, 0);
    expect(reaches(iova)).toBe(false);
  });

  test('that waits for its batch is reached until the timer flushes, after 10 ms', () => {
    const { mapping, map, reaches } = mapped('defer');
    const iova = map();
    reaches(iova);
    mapping.unmap(iova, 5);
    mapping.queue.tick(5 + 10 * millisecond - 1);
    expect(reaches(iova)).toBe(true);
    expect(mapping.invalidations).toBe(0);
    mapping.queue.tick(5 + 10 * millisecond);
    expect(reaches(iova)).toBe(false);
    expect(mapping.invalidations).toBe(1);
  });

  test('gets no address that still waits to be flushed', () => {
    const { mapping, map } = mapped('defer');
    const waiting = new Set<number>();
    for (let count = 0; count < 249; count++) {
      const iova = map();
      expect(waiting.has(iova)).toBe(false);
      waiting.add(iova);
      mapping.unmap(iova, 0);
    }
    expect(mapping.queue.length).toBe(249);
    const last = map();
    waiting.add(last);
    mapping.unmap(last, 0);
    expect(mapping.queue.length).toBe(0);
    expect(mapping.queue.flushes).toBe(1);
    expect(waiting.has(map())).toBe(true);
  });
});

test('a queue never holds more than its capacity, and releases each address once', () => {
  const steps = fc.array(fc.record({ add: fc.boolean(), wait: fc.nat(2000) }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 }), (list, capacity) => {
      const released: number[] = [];
      let flushed = 0;
      const queue = new FlushQueue({ flush: () => flushed++, release: (iova) => released.push(iova) }, capacity, 5000);
      let now = 0;
      let added = 0;
      for (const { add, wait } of list) {
        now += wait;
        if (add) queue.add(added++, now);
        queue.tick(now);
        expect(queue.length).toBeLessThan(capacity);
        expect(released.length + queue.length).toBe(added);
      }
      expect(queue.flushes).toBe(flushed);
      expect(released).toEqual(released.map((_iova, index) => index));
    }),
  );
});

test('addresses are below the interrupt range, whole pages, never given twice, and end', () => {
  const allocator = new IovaAllocator(2 ** 24 + 3 * 4096);
  const taken = [allocator.take(), allocator.take(), allocator.take()];
  expect(taken).toEqual([2, 1, 0].map((page) => 2 ** 24 + page * 4096));
  expect(allocator.take()).toBeNull();
  allocator.give(2 ** 24);
  expect(allocator.take()).toBe(2 ** 24);
  expect(new IovaAllocator().take()).toBe(0xfee00000 - 4096);
});
