import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeviceInvalidation } from '../../main/remapping/core/device-invalidations.ts';
import { atsRangeBits } from '../../main/remapping/formats/ats-range.ts';
import { quadOf } from '../../main/remapping/core/quad.ts';
import { faultStatus, register } from '../../main/remapping/vtd/registers.ts';
import { Bench, descriptor, qemuEcap } from './kit/bench.ts';

const sources = [0x20, 0x80, 0x100];
const statusOf = (index: number): bigint => 0x7000n + BigInt(index) * 8n;

type Event =
  | { do: 'invalidate'; source: number; depth: number }
  | { do: 'wait'; fence: boolean }
  | { do: 'answer'; which: number }
  | { do: 'late'; source: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('invalidate' as const),
      source: fc.constantFrom(...sources),
      depth: fc.constantFrom(0, 0, 2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), fence: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), which: fc.nat({ max: 31 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('late' as const), source: fc.constantFrom(...sources) }) },
);

test('any order of requests, waits, answers and time-outs: a wait completes when all before it is answered, and only then', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 90 }), (events) => {
      const bench = new Bench({ ecap: qemuEcap | (1n << 2n) });
      const underWay: DeviceInvalidation[] = [];
      let sent = 0;
      let answered = 0;
      bench.unit.queue.devices.send = (request) => {
        underWay.push(request);
        sent++;
      };
      bench.startQueue();
      /** for each wait, how many requests stand before it in the queue; null: aborted */
      const waits: (number | null)[] = [];
      const written = (index: number): boolean => bench.read(statusOf(index)) !== 0n;
      let requests = 0;
      const settle = (): void => {
        expect(underWay.length).toBeLessThanOrEqual(32);
        expect(new Set(underWay.map(({ tag }) => tag)).size).toBe(underWay.length);
        const fetched = Number(bench.get64(register.IQH) / 16n);
        waits.forEach((before, index) => {
          const done = before !== null && answeredInOrder(before);
          if (written(index)) expect(done).toBe(true);
          // Answered, and fetched: then it is said.
          if (done && fetched >= placeOf(index)) expect(written(index)).toBe(true);
          // Nothing behind a fence is fetched before it.
          if (fences[index] === true && before !== null && !written(index))
            expect(fetched).toBeLessThanOrEqual(placeOf(index));
        });
      };
      // Requests are sent in the order of the queue, so those before a wait are the first ones sent.
      const order: DeviceInvalidation[] = [];
      const given = new Set<DeviceInvalidation>();
      const answeredInOrder = (count: number): boolean =>
        order.length >= count && order.slice(0, count).every((request) => given.has(request));
      const places: number[] = [];
      const fences: boolean[] = [];
      const placeOf = (index: number): number => (places[index] ?? 0) + 1;
      const noteSent = (): void => {
        for (const request of underWay) if (!order.includes(request)) order.push(request);
      };
      let slots = 0;
      for (const step of events) {
        if (step.do === 'invalidate') {
          bench.submit([3n | (BigInt(step.depth) << 16n) | (BigInt(step.source) << 32n), 0n]);
          requests++;
          slots++;
        } else if (step.do === 'wait') {
          places.push(slots++);
          fences.push(step.fence);
          waits.push(requests);
          bench.submit(descriptor.wait(statusOf(waits.length - 1), 1, step.fence ? 0x60n : 0x20n));
        } else if (step.do === 'answer') {
          const one = underWay[step.which % Math.max(1, underWay.length)];
          if (one === undefined) continue;
          underWay.splice(underWay.indexOf(one), 1);
          given.add(one);
          answered++;
          bench.unit.queue.devices.completed(one.source, 1 << one.tag);
        } else {
          const late = underWay.filter(({ source }) => source === step.source);
          if (late.length === 0) continue;
          const fetched = Number(bench.get64(register.IQH) / 16n);
          waits.forEach((_, index) => {
            if (!written(index) && fetched >= placeOf(index)) waits[index] = null;
          });
          for (const one of late) {
            underWay.splice(underWay.indexOf(one), 1);
            given.add(one);
            answered++;
          }
          bench.unit.queue.timeOut(step.source);
          expect(bench.get32(register.FSTS) & faultStatus.timeOut).toBe(faultStatus.timeOut);
          bench.set32(register.FSTS, faultStatus.timeOut);
        }
        noteSent();
        settle();
      }
      // Everybody answers: nothing is left, and what was not aborted is done.
      for (let one = underWay.pop(); one !== undefined; one = underWay.pop()) {
        given.add(one);
        answered++;
        bench.unit.queue.devices.completed(one.source, 1 << one.tag);
        noteSent();
      }
      expect([sent, answered, bench.get64(register.IQH)]).toEqual([requests, requests, bench.get64(register.IQT)]);
      waits.forEach((before, index) => expect(written(index)).toBe(before !== null));
      expect(bench.get32(register.FSTS) & 0x70).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('the size of a range: what ATS encodes for 2^n pages is read back as n, for every n and any address', () => {
  fc.assert(
    fc.property(fc.integer({ min: 13, max: 63 }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (bits, address) => {
      // The bit below the size is 0, those below it down to bit 12 are 1.
      const base = (address >> BigInt(bits)) << BigInt(bits);
      const ones = ((1n << BigInt(bits - 1)) - 1n) & ~0xfffn;
      const { hi, lo } = quadOf(base | ones);
      expect(atsRangeBits(hi, lo, true)).toBe(bits);
      expect(atsRangeBits(hi, lo, false)).toBe(12);
    }),
  );
});
