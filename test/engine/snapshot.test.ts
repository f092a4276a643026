import fc from 'fast-check';
import { safeParse } from 'valibot';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../main/machine/address.ts';
import { access } from '../../main/remapping/access.ts';
import { Recorder } from '../../main/remapping/record/recorder.ts';
import type { Request } from '../../main/remapping/record/recorder.ts';
import { Snapshot } from '../../main/remapping/record/snapshot.ts';
import { capture } from '../../main/remapping/scenarios/capture.ts';
import { guestMemory, smallPages } from '../../main/remapping/scenarios/story-layout.ts';
import type { Vendor } from '../../main/remapping/scenarios/story-path.ts';
import { buildStoryUnit } from '../../main/remapping/scenarios/story-unit.ts';
import type { StoryUnit } from '../../main/remapping/scenarios/story-unit.ts';
import { Traffic } from '../../main/remapping/scenarios/traffic.ts';
import { decisionRow } from '../../main/remapping/trace-codes.ts';
import { traceShape } from '../../main/remapping/trace-shape.ts';
import type { TraceStep } from '../../main/remapping/trace.ts';

const parsed = parseAddress('0000:41:00.0');
if (parsed === null) throw new Error('address');
const device = parsed;
const vendors: readonly Vendor[] = ['vtd', 'amd'];

type Act =
  | { readonly kind: 'read' | 'write' | 'unmap' | 'map' | 'lazy' | 'store'; readonly page: number }
  | { readonly kind: 'own' | 'forged' | 'flush' | 'detach' | 'attach' | 'acknowledge' };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('read', 'write', 'unmap', 'map', 'lazy', 'store'),
    // Half of them in the pages that are mapped and taken away, some where the guest has nothing.
    page: fc.oneof(fc.nat({ max: 511 }), fc.integer({ min: 100_000, max: 3_000_000 })),
  }),
  fc.record({ kind: fc.constantFrom('own', 'forged', 'flush', 'detach', 'attach', 'acknowledge') }),
);

function perform(unit: StoryUnit, { kind, ...rest }: Act): number {
  const page = 'page' in rest ? rest.page : 0;
  const iova = smallPages.guest + page * 4096;
  const inside = smallPages.guest + (page % 512) * 4096;
  const hi = Math.floor(iova / 2 ** 32);
  switch (kind) {
    case 'read':
    case 'write':
      return unit.translate(hi, iova | 0, access[kind]);
    case 'unmap':
    case 'lazy':
      unit.side.unmap(unit.guest, inside, kind === 'lazy');
      return 0;
    case 'map':
      unit.map(inside, guestMemory[1].host + inside - guestMemory[1].guest);
      return 0;
    case 'store':
      // Memory that was never touched: the arena of pages grows.
      return unit.memory.writeWord(8 + (page % 3), page * 4096, page);
    case 'own':
      return unit.interrupt(unit.ownMessage);
    case 'forged':
      return unit.interrupt(unit.foreignMessage);
    case 'flush':
      unit.side.flushAll(unit.guest);
      return 0;
    case 'detach':
      unit.side.detach(unit.requester, unit.guest);
      return 0;
    case 'attach':
      unit.attach(unit.requester, unit.guest);
      return 0;
    case 'acknowledge':
      return unit.acknowledge(5, device).length;
  }
}

const request: Request = {
  kind: 'dma',
  story: 'traffic',
  source: device,
  sender: device,
  decisive: false,
  access: 'write',
  addressHi: 0,
  addressLo: 0,
  data: null,
  bytes: 4,
};

/** What the unit says of the acts, step by step, with what they answer. */
function follow(unit: StoryUnit, acts: readonly Act[]): { answers: number[]; steps: readonly TraceStep[] } {
  const recorder = new Recorder(0);
  unit.follow(recorder);
  recorder.begin(request);
  const answers = acts.map((each) => perform(unit, each));
  unit.follow(null);
  return { answers: [...answers, unit.tableReads, unit.hits, unit.cached], steps: recorder.steps };
}

describe.each(vendors)('a unit of %s, its driver and its memory', (vendor) => {
  test('put back, run exactly as they ran, and as they run in a unit that never ran ahead', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), fc.array(act, { minLength: 1, maxLength: 30 }), (before, after) => {
        const unit = buildStoryUnit(vendor, device);
        follow(unit, before);
        const snapshot = new Snapshot(unit);
        const first = follow(unit, after);
        snapshot.rewind();
        expect(follow(unit, after)).toEqual(first);
        // A second time from the same snapshot, after running something else.
        snapshot.rewind();
        follow(unit, [...after].reverse());
        snapshot.rewind();
        expect(follow(unit, after)).toEqual(first);
        const fresh = buildStoryUnit(vendor, device);
        follow(fresh, before);
        expect(follow(fresh, after)).toEqual(first);
      }),
      { numRuns: 25 },
    );
  });

  test('live traffic goes on the same way after it was put back', () => {
    const traffic = new Traffic({ path: { device, ports: [] }, vendor, seed: 11 });
    traffic.step(3000);
    const snapshot = new Snapshot(traffic);
    const ahead = [traffic.step(2000), traffic.step(2000)];
    snapshot.rewind();
    expect([traffic.step(2000), traffic.step(2000)]).toEqual(ahead);
  });

  test('a caught request is one of the traffic’s own, and being watched changes nothing', () => {
    const options = { path: { device, ports: [] }, vendor, seed: 3 };
    const from = 4;
    const trace = capture({ ...options, from, requests: 1500, trigger: { fault: true, range: null } });
    const plain = new Traffic(options);
    for (let batch = 0; batch < from; batch++) plain.step(1500);
    const events = Array.from({ length: 40 }, () => plain.step(1500)).flatMap((batch) => batch.events);
    const stopped = events.find(({ reason }) => reason !== 0);
    const caught = trace?.transactions.filter(({ outcome }) => outcome === 'blocked');
    expect(caught?.map(({ address, fault }) => [address, Number(fault?.reason)])).toEqual([
      [stopped?.address, stopped?.reason],
    ]);
    expect(trace?.transactions.length).toBeGreaterThan(1);
    expect(safeParse(traceShape, trace).issues).toBeUndefined();
    const stops = trace?.steps.filter(({ decision }) => decisionRow(decision).flow === 'stops');
    expect(stops).toHaveLength(1);
  });

  test('a range catches what goes there and nothing else; what never comes is given up', () => {
    const options = { path: { device, ports: [] }, vendor, seed: 3, from: 0, requests: 400 };
    const range = { first: 0n, last: 0x3fff_ffffn };
    const trace = capture({ ...options, trigger: { fault: false, range } });
    const last = trace?.transactions.filter(({ kind }) => kind === 'dma').at(-1);
    expect(BigInt(last?.address ?? -1)).toBeLessThanOrEqual(range.last);
    const never = { first: 1n << 45n, last: (1n << 45n) + 1n };
    expect(capture({ ...options, requests: 5, trigger: { fault: false, range: never } })).toBeNull();
  });
});

test('maps, sets, arrays, words and rings of objects are put back in place', () => {
  const inner = { count: 1 };
  const root = {
    words: Int32Array.of(1, 2),
    bytes: Uint8Array.of(3),
    numbers: Float64Array.of(0.5),
    list: [inner, { count: 2 }],
    map: new Map([['a', inner]]),
    set: new Set([inner]),
    self: null as unknown,
    absent: null as number | null,
  };
  root.self = root;
  const { words, list } = root;
  const snapshot = new Snapshot(root);
  root.words[0] = 9;
  root.words = Int32Array.of(7);
  root.bytes[0] = 9;
  root.numbers[0] = 9;
  inner.count = 9;
  root.list = [];
  list.push({ count: 3 });
  root.map.set('b', { count: 4 });
  root.set.clear();
  root.absent = 5;
  snapshot.rewind();
  expect(root.words).toBe(words);
  expect([...root.words]).toEqual([1, 2]);
  expect([root.bytes[0], root.numbers[0]]).toEqual([3, 0.5]);
  expect(root.list).toBe(list);
  expect(root.list).toEqual([{ count: 1 }, { count: 2 }]);
  expect([...root.map]).toEqual([['a', inner]]);
  expect([...root.set]).toEqual([inner]);
  expect([root.absent, inner.count]).toEqual([null, 1]);
});
