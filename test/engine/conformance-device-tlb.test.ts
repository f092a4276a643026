import { describe, expect, test } from 'vitest';
import { noPasid } from '../../main/remapping/access.ts';
import type { DeviceInvalidation } from '../../main/remapping/core/device-invalidations.ts';
import { bigOf } from '../../main/remapping/core/quad.ts';
import { connect, DeviceTlb } from '../../main/remapping/platform/device-tlb.ts';
import { vtdAgent } from '../../main/remapping/platform/translation-agent.ts';
import { faultStatus, register } from '../../main/remapping/vtd/registers.ts';
import { stepWords } from '../../main/words/remapping.ts';
import { Bench, descriptor, domain, qemuEcap, requester } from './kit/bench.ts';
import { followed } from './kit/follow.ts';
import { fullEcap, pgtt, ScalableBench, scalableDescriptor, user } from './kit/scalable-bench.ts';

const status = 0x7000n;
const withDeviceTlb = qemuEcap | (1n << 2n);
const other = 0x0080;
const everything = 0x7fff_ffff_ffff_f000n | 1n;

/** Type 3: the function, the address with S in bit 0, and how many requests it takes at a time. */
const invalidate = (source: number, address = everything, depth = 0): [bigint, bigint] => [
  3n | (BigInt(depth) << 16n) | (BigInt(source) << 32n),
  address,
];
/** Type 8: the same of an address space; S in bit 11, G in bit 0. */
const invalidateSpace = (source: number, pasid: number, address: bigint, depth = 0): [bigint, bigint] => [
  8n | (BigInt(depth) << 4n) | (BigInt(source) << 16n) | (BigInt(pasid) << 32n),
  address,
];

/** A unit whose invalidation requests to devices go nowhere until the test answers them. */
function asking(bench: Bench = new Bench({ ecap: withDeviceTlb })): { bench: Bench; asked: DeviceInvalidation[] } {
  const asked: DeviceInvalidation[] = [];
  bench.unit.queue.devices.send = (request) => asked.push(request);
  bench.set32(register.FECTL, 0);
  bench.startQueue();
  return { bench, asked };
}
const answer = (bench: Bench, { source, tag }: DeviceInvalidation): void =>
  bench.unit.queue.devices.completed(source, 1 << tag);
const errors = (bench: Bench): number => bench.get32(register.FSTS) & 0x70;
const timedOutSource = (bench: Bench): number => Number((bench.get64(register.IQER) >> 32n) & 0xffffn);
const unexpectedSource = (bench: Bench): number => Number(bench.get64(register.IQER) >> 48n);
const first = <T>(list: readonly T[]): T => list[0] ?? fail();

describe('invalidation of device TLBs', () => {
  test('140 · a wait completes when the device has answered; FN holds what follows, without FN it goes on', () => {
    for (const fence of [0n, 0x40n]) {
      const { bench, asked } = asking();
      bench.submit(
        invalidate(requester),
        descriptor.wait(status, 1, 0x20n | fence),
        descriptor.iotlb(1),
        descriptor.wait(status + 8n, 2),
      );
      expect([bench.read(status), bench.read(status + 8n)]).toEqual([0n, 0n]);
      expect(bench.unit.invalidation.iotlbCount).toBe(fence === 0n ? 1 : 0);
      expect(bench.get64(register.IQH)).toBe(fence === 0n ? 64n : 32n);
      answer(bench, first(asked));
      expect([bench.read(status), bench.read(status + 8n)]).toEqual([1n, 2n]);
      expect([bench.unit.invalidation.iotlbCount, bench.get64(register.IQH)]).toEqual([1, 64n]);
    }
  });

  test('140 · each wait waits only for the requests before it', () => {
    const { bench, asked } = asking();
    bench.submit(
      invalidate(requester),
      descriptor.wait(status, 1),
      invalidate(other),
      descriptor.wait(status + 8n, 2, 0x30n),
    );
    const [one, two] = asked;
    answer(bench, two ?? fail());
    expect([bench.read(status), bench.read(status + 8n)]).toEqual([0n, 0n]);
    expect(bench.get32(register.ICS)).toBe(0);
    answer(bench, one ?? fail());
    expect([bench.read(status), bench.read(status + 8n), bench.get32(register.ICS)]).toEqual([1n, 2n, 1]);
  });

  test('139 · a status that cannot be written when the device has answered stops the queue', () => {
    const { bench, asked } = asking();
    bench.submit(invalidate(requester), descriptor.wait(0xfffffffff000n, 1));
    expect(errors(bench)).toBe(0);
    answer(bench, first(asked));
    expect(errors(bench)).toBe(faultStatus.queueError);
  });

  test('150 · no completion within the limit → ITE with ITESID, pending waits abort, nothing is fetched until ITE is cleared', () => {
    const { bench, asked } = asking();
    bench.submit(invalidate(requester), descriptor.wait(status, 1), invalidate(other), descriptor.wait(status, 2));
    bench.unit.queue.timeOut(requester);
    expect([errors(bench), timedOutSource(bench)]).toEqual([faultStatus.timeOut, requester]);
    expect(bench.messages).toHaveLength(1);
    // The other device answers all the same, and no wait is left to complete.
    answer(bench, asked[1] ?? fail());
    expect(bench.read(status)).toBe(0n);
    bench.submit(descriptor.wait(status, 3));
    expect([bench.read(status), bench.get64(register.IQH)]).toEqual([0n, 64n]);
    bench.set32(register.FSTS, faultStatus.timeOut);
    expect([bench.read(status), bench.get64(register.IQH), errors(bench)]).toEqual([3n, 80n, 0]);
  });

  test('150 · the first that was late stays in ITESID; who owes nothing cannot be late', () => {
    const { bench } = asking();
    bench.submit(invalidate(requester), invalidate(other));
    bench.unit.queue.timeOut(0x0300);
    expect(errors(bench)).toBe(0);
    bench.unit.queue.timeOut(other);
    bench.unit.queue.timeOut(requester);
    expect([errors(bench), timedOutSource(bench)]).toEqual([faultStatus.timeOut, other]);
    expect(bench.messages).toHaveLength(1);
  });

  test('150 · what answers after its time answers nothing that is known', () => {
    const { bench, asked } = asking();
    bench.submit(invalidate(requester));
    bench.unit.queue.timeOut(requester);
    answer(bench, first(asked));
    expect(errors(bench)).toBe(faultStatus.timeOut | faultStatus.completionError);
    expect([timedOutSource(bench), unexpectedSource(bench)]).toEqual([requester, requester]);
  });

  test('151 · a completion with an unknown tag, of another function or with none → ignored, ICE with ICESID', () => {
    for (const [source, vector] of [
      [requester, 1 << 7],
      [other, 1],
      [requester, 0],
    ] as const) {
      const { bench, asked } = asking();
      bench.submit(invalidate(requester), descriptor.wait(status, 1));
      bench.unit.queue.devices.completed(source, vector);
      expect([errors(bench), unexpectedSource(bench)]).toEqual([faultStatus.completionError, source]);
      expect([bench.messages.length, bench.read(status)]).toEqual([1, 0n]);
      bench.unit.queue.devices.completed(0x0300, 2);
      expect(unexpectedSource(bench)).toBe(source);
      // The queue works on.
      answer(bench, first(asked));
      expect(bench.read(status)).toBe(1n);
      bench.set32(register.FSTS, faultStatus.completionError);
      expect(errors(bench)).toBe(0);
    }
  });

  test('151 · one completion may answer several requests, and a device may owe several completions for one', () => {
    const { bench } = asking();
    bench.submit(invalidate(requester), invalidate(requester), descriptor.wait(status, 1));
    const { devices } = bench.unit.queue;
    devices.completed(requester, 0b11, 2);
    expect(bench.read(status)).toBe(0n);
    devices.completed(requester, 0b01, 2);
    expect(bench.read(status)).toBe(0n);
    devices.completed(requester, 0b10, 2);
    expect([bench.read(status), errors(bench)]).toEqual([1n, 0]);
  });

  test('152 · all 32 tags in use → the next waits in the queue, and goes out when one is free', () => {
    const { bench, asked } = asking();
    bench.submit(...Array.from({ length: 33 }, (_, n) => invalidate(n)), descriptor.wait(status, 1));
    expect([asked.length, new Set(asked.map(({ tag }) => tag)).size]).toEqual([32, 32]);
    expect(bench.get64(register.IQH)).toBe(32n * 16n);
    answer(bench, asked[31] ?? fail());
    expect([asked.length, asked[32]?.source, asked[32]?.tag, bench.read(status)]).toEqual([33, 32, 31, 0n]);
    for (const one of asked.filter((_, at) => at !== 31)) answer(bench, one);
    expect([bench.read(status), bench.get64(register.IQH), errors(bench)]).toEqual([1n, 34n * 16n, 0]);
  });

  test('152 · MIP holds what would be too much for one function', () => {
    const { bench, asked } = asking();
    bench.submit(invalidate(requester, 0n, 1), invalidate(other, 0n, 1), invalidate(requester, 0n, 1));
    expect(asked.map(({ source }) => source)).toEqual([requester, other]);
    answer(bench, first(asked));
    expect(asked.map(({ source }) => source)).toEqual([requester, other, requester]);
  });

  test('153 · S=1: the ones from bit 12 up say how many pages; S=0 is one page', () => {
    const { bench, asked } = asking();
    const ranges: [bigint, number][] = [
      [0x3000n, 12],
      [0x4000n | 1n, 13],
      [0x1000n | 1n, 14],
      [0x3000n | 1n, 15],
      [0x1ff000n | 1n, 22],
      [(1n << 51n) - 0x1000n + 1n, 52],
      [everything, 64],
    ];
    bench.submit(...ranges.map(([address]) => invalidate(requester, address)));
    expect(asked.map(({ rangeBits, pasid }) => [rangeBits, pasid])).toEqual(ranges.map(([, bits]) => [bits, -1]));
    expect(asked.map(({ hi, lo }) => bigOf(hi, lo))).toEqual(ranges.map(([address]) => address & ~0xfffn));
  });

  test('153 · with PASID: S in bit 11, and G names the range of every address space', () => {
    const { bench, asked } = asking(new ScalableBench());
    bench.submit(
      invalidateSpace(requester, 0x12345, 0x3000n),
      invalidateSpace(requester, 7, 0x3800n),
      invalidateSpace(requester, 7, 0x3001n),
    );
    expect(asked.map(({ pasid, rangeBits, everySpace }) => [pasid, rangeBits, everySpace])).toEqual([
      [0x12345, 12, false],
      [7, 15, false],
      [7, 12, true],
    ]);
  });
});

test('what is asked of a device, and that it did not answer, is said in the trace', () => {
  const { bench } = asking();
  const steps = followed(bench.unit, () => {
    bench.submit(invalidate(requester, 0x3001n), descriptor.wait(status, 1));
    bench.unit.queue.devices.completed(other, 1);
    bench.unit.queue.timeOut(requester);
  });
  expect(steps.map(({ decision }) => decision)).toEqual([
    'device-tlb-invalidation-sent',
    'device-tlb-completion-unexpected',
    'fault-event-sent',
    'device-tlb-timed-out',
    'wait-aborted',
    'fault-event-pending-already',
  ]);
  const said = steps.map((step) => Object.values(stepWords(step)).join(' '));
  expect(said[0]).toMatch(/0000:00:04\.0 .*8 pages/);
  expect(said[1]).toContain('0000:00:10.0');
  expect(said[3]).toContain('ITESID is 0000:00:04.0');
});

describe('the TLB of a device', () => {
  function cached(): { bench: Bench; tlb: DeviceTlb; reach: () => bigint | null } {
    const bench = new Bench({ ecap: withDeviceTlb }).start({ tt: 1n });
    bench.map(0x30000n, 0x5000n);
    const agent = vtdAgent(bench.unit);
    const tlb = new DeviceTlb(agent, requester);
    connect(agent, [tlb]);
    bench.startQueue();
    const reach = (): bigint | null => {
      const host = tlb.reach(noPasid, 0, 0x30010, false);
      return host === null ? null : bigOf(host.hi, host.lo);
    };
    expect(reach()).toBe(0x5010n);
    bench.map(0x30000n, 0x6000n);
    return { bench, tlb, reach };
  }

  test('185 · invalidating the IOTLB leaves it stale; its own invalidation renews it', () => {
    const { bench, reach } = cached();
    bench.submit(descriptor.iotlb(3, domain, 0x30000n), descriptor.wait(status, 1));
    expect([reach(), bench.translated(0x30010n)]).toEqual([0x5010n, 0x6010n]);
    bench.submit(invalidate(other, 0x30000n));
    bench.submit(invalidate(requester, 0x31000n));
    expect(reach()).toBe(0x5010n);
    bench.submit(invalidate(requester, 0x30000n));
    expect(reach()).toBe(0x6010n);
  });

  test('185 · the device TLB alone is filled again from the IOTLB, which is stale', () => {
    const { bench, reach } = cached();
    bench.submit(invalidate(requester));
    expect(reach()).toBe(0x5010n);
    bench.submit(descriptor.iotlb(1), invalidate(requester));
    expect(reach()).toBe(0x6010n);
  });

  test('185 · until a device that answers late has answered, it may use what it has', () => {
    const { bench, tlb, reach } = cached();
    tlb.answersAtOnce = false;
    bench.submit(descriptor.iotlb(1), invalidate(requester), descriptor.wait(status, 1));
    expect([reach(), bench.read(status)]).toEqual([0x5010n, 0n]);
    tlb.answer();
    expect([bench.read(status), reach()]).toEqual([1n, 0x6010n]);
    tlb.answer();
    expect(errors(bench)).toBe(0);
  });

  test('185 · a large page goes whole, and a right that was not granted is asked for again', () => {
    const { bench, tlb } = cached();
    bench.map(0x400000n, 0x600000n, { level: 2, rights: 1n });
    expect(tlb.reach(noPasid, 0, 0x400000, true)).toBe(null);
    expect(tlb.reach(noPasid, 0, 0x4ff004, false)).toEqual({ hi: 0, lo: 0x6ff004 });
    expect(tlb.reach(noPasid, 0, 0x7000_0000, false)).toBe(null);
    expect(tlb.used).toBe(2);
    bench.submit(invalidate(requester, 0x5ff000n));
    expect(tlb.used).toBe(1);
  });

  test('185 · a full one forgets the oldest, and a unit that is off serves none', () => {
    const { bench } = cached();
    const tlb = new DeviceTlb(vtdAgent(bench.unit), requester, 2);
    for (const page of [0x30000, 0x31000, 0x32000]) {
      bench.map(BigInt(page), BigInt(page) + 0x100000n);
      expect(tlb.reach(noPasid, 0, page, true)).not.toBe(null);
    }
    expect(tlb.used).toBe(2);
    bench.off(1 << 31);
    expect(tlb.reach(noPasid, 0, 0x32000, true)).toBe(null);
  });

  test('185 · of an address space: type 3 leaves it, type 8 with its PASID or with G takes it', () => {
    const bench = new ScalableBench({ ecap: fullEcap }).begin({
      stage: pgtt.first,
      pasid: 9,
      context: (1n << 2n) | (1n << 3n),
    });
    bench.mapFirst(0x30000n, 0x5000n, user);
    const agent = vtdAgent(bench.unit);
    const tlb = new DeviceTlb(agent, requester);
    connect(agent, [tlb]);
    bench.startQueue();
    const reach = (): bigint | null => {
      const host = tlb.reach(9, 0, 0x30000, false);
      return host === null ? null : bigOf(host.hi, host.lo);
    };
    let target = 0x5000n;
    expect(reach()).toBe(target);
    for (const [one, reached] of [
      [invalidate(requester), false],
      [invalidateSpace(requester, 8, everything & ~1n), false],
      [invalidateSpace(requester, 9, 0x30000n), true],
      [invalidateSpace(requester, 8, 0x30001n), true],
      [invalidateSpace(requester, 9, 0x33800n), true],
    ] as const) {
      bench.mapFirst(0x30000n, target + 0x1000n, user);
      bench.submit(scalableDescriptor.pasidIotlb(2, 5, 9), one);
      const before = target;
      target += 0x1000n;
      expect(reach()).toBe(reached ? target : before);
      if (!reached) {
        bench.submit(invalidateSpace(requester, 9, 0x30000n));
        expect(reach()).toBe(target);
      }
    }
  });
});

function fail(): never {
  throw new Error('there was no such request');
}
