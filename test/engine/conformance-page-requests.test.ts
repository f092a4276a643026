import { describe, expect, test } from 'vitest';
import { noPasid } from '../../main/remapping/access.ts';
import { bigOf, quadOf } from '../../main/remapping/core/quad.ts';
import { memoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import { PageRequestHandler } from '../../main/remapping/platform/page-request-handler.ts';
import type { AskedPage } from '../../main/remapping/platform/page-request-handler.ts';
import type { PageGroupResponse, PageRequest } from '../../main/remapping/vtd/page-requests.ts';
import { global, register } from '../../main/remapping/vtd/registers.ts';
import { Bench, requester } from './kit/bench.ts';
import { fullEcap, pgtt, ScalableBench } from './kit/scalable-bench.ts';

const withPageRequests = fullEcap | (1n << 29n);
const queueAddress = 0x60000n;
const pasid = 3;
/** Context entry bits: DTE, PASIDE, PRE. */
const asking = 0b11100n;

interface Asking {
  bench: ScalableBench;
  responses: PageGroupResponse[];
  ask: (change?: Partial<PageRequest> & { address?: bigint }) => void;
}

/** A unit whose function may ask for pages of PASID 3’s first stage; a queue of 128, the event unmasked. */
function start({ context = asking, translating = true } = {}): Asking {
  const bench = new ScalableBench({ ecap: withPageRequests });
  bench.begin({ stage: pgtt.first, context, pasid });
  if (!translating) bench.off(global.translation);
  bench.set64(register.PQA, queueAddress);
  bench.set32(register.PEADDR, 0xfee01000);
  bench.set32(register.PEDATA, 0x51);
  bench.set32(register.PECTL, 0);
  const responses: PageGroupResponse[] = [];
  bench.unit.pageRequests.respond = (response) => responses.push(response);
  const ask: Asking['ask'] = ({ address = 0x7000n, ...change } = {}) => {
    const { hi, lo } = quadOf(address);
    bench.unit.pageRequests.request({
      ...{ source: requester, pasid, hi, lo, read: true, write: false, execute: false, privileged: false },
      ...{ last: true, group: 9, ...change },
    });
  };
  return { bench, responses, ask };
}

/** The driver on the queue; what it serves is mapped at 5000h onwards where `mappable`. */
function handler({ bench }: Asking, mappable: (page: AskedPage) => boolean): PageRequestHandler {
  bench.startQueue();
  return new PageRequestHandler(
    bench.unit,
    (page) => {
      if (!mappable(page)) return false;
      bench.mapFirst(bigOf(page.hi, page.lo), 0x5000n);
      return true;
    },
    ([lowHi, lowLo, highHi, highLo]) => bench.submit([bigOf(lowHi, lowLo), bigOf(highHi, highLo)]),
  );
}

describe('page requests', () => {
  test('186 · a request is queued: 32 bytes, the tail moves, PPR and the event', () => {
    const { bench, responses, ask } = start();
    ask({ write: true, address: 0x1_2345_6000n });
    expect(bench.get64(register.PQT)).toBe(32n);
    expect(bench.read(queueAddress)).toBe(1n | (1n << 8n) | (BigInt(requester) << 16n) | (BigInt(pasid) << 32n));
    expect(bench.read(queueAddress + 8n)).toBe(0x1_2345_6000n | 0b111n | (9n << 3n));
    expect(bench.get32(register.PRS)).toBe(1);
    expect(bench.messages).toEqual([{ address: 0xfee01000n, data: 0x51 }]);
    // Pending already: no second message; nobody is answered before software did.
    ask({ group: 10, execute: true, privileged: true });
    expect(bench.messages).toHaveLength(1);
    expect(bench.read(queueAddress + 32n) >> 52n).toBe(0b11n);
    expect([bench.get64(register.PQT), responses.length]).toEqual([64n, 0]);
  });

  test('186 · masked, the event waits in IP and goes when it is unmasked; PPR cleared, it is withdrawn', () => {
    const { bench, ask } = start();
    bench.set32(register.PECTL, 0x80000000);
    ask();
    expect([bench.messages.length, bench.get32(register.PECTL) >>> 30]).toEqual([0, 3]);
    bench.set32(register.PECTL, 0);
    expect(bench.messages).toHaveLength(1);
    bench.set32(register.PECTL, 0x80000000);
    bench.set32(register.PRS, 1);
    ask({ group: 11 });
    bench.set32(register.PRS, 1);
    bench.set32(register.PECTL, 0);
    expect(bench.messages).toHaveLength(1);
  });

  test('187 · a full queue: PRO, the request is lost, and the last of a group is told to try again', () => {
    const { bench, responses, ask } = start();
    for (let count = 0; count < 127; count++) ask({ group: count });
    ask({ group: 200, last: false });
    expect([bench.get32(register.PRS), bench.get32(register.FSTS) & 0x80, responses.length]).toEqual([3, 0x80, 0]);
    ask({ group: 200 });
    expect(responses).toEqual([{ source: requester, pasid, group: 200, code: 0 }]);
    // While PRO stands nothing is queued, even with room.
    bench.set64(register.PQH, 64n);
    ask({ group: 201 });
    expect([bench.get64(register.PQT), responses.length]).toEqual([127n * 32n, 2]);
    bench.set32(register.PRS, 2);
    ask({ group: 202 });
    expect(bench.get64(register.PQT)).toBe(0n);
  });

  test('188 · a group is answered once, by its own name, and only after its last request', () => {
    const asked = start();
    const { bench, responses, ask } = asked;
    bench.startQueue();
    const response = (group: number): [bigint, bigint] => [
      9n | (1n << 4n) | (BigInt(requester) << 16n) | (BigInt(pasid) << 32n),
      BigInt(group) << 3n,
    ];
    ask({ last: false, group: 4 });
    bench.submit(response(4));
    expect([responses.length, bench.unit.pageRequests.strayResponses]).toEqual([0, 1]);
    ask({ group: 4 });
    bench.submit(response(5), response(4), response(4));
    expect(responses).toEqual([{ source: requester, pasid, group: 4, code: 0 }]);
    expect(bench.unit.pageRequests.strayResponses).toBe(3);
  });

  test('189 · privileged, execute-and-read and non-canonical requests are answered Invalid; a stop marker is dropped', () => {
    const asked = start();
    const { responses, ask } = asked;
    const driver = handler(asked, () => true);
    ask({ group: 1, privileged: true });
    ask({ group: 2, execute: true });
    ask({ group: 3, address: 1n << 47n });
    ask({ group: 4, read: false });
    ask({ group: 5 });
    expect(driver.run()).toBe(5);
    expect(responses.map(({ group, code }) => [group, code])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
      [5, 0],
    ]);
  });

  test('190 · the whole loop: unmapped → page request → mapped → Success → the retry goes through', () => {
    const asked = start();
    const { bench, responses, ask } = asked;
    const driver = handler(asked, ({ lo }) => lo === 0x7000);
    expect(bench.ask(0x7008n, { pasid })).toBe(0x71);
    ask();
    expect(driver.run()).toBe(1);
    expect(responses).toEqual([{ source: requester, pasid, group: 9, code: 0 }]);
    expect(bench.reached(0x7008n, { pasid })).toBe(0x5008n);
    expect([bench.get64(register.PQH), bench.get32(register.PRS)]).toEqual([32n, 0]);
    // A page that cannot be had fails its whole group.
    ask({ group: 12, last: false, address: 0x9000n });
    ask({ group: 12 });
    driver.run();
    expect(responses.at(-1)).toMatchObject({ group: 12, code: 1 });
  });

  test('84 · PRE=0 → 47h, and the answer is Invalid', () => {
    const { bench, responses, ask } = start({ context: 0b01100n });
    ask({ write: true });
    expect(bench.record()).toMatchObject({ reason: 0x47, source: requester, info: 0x7000n, pasidPresent: true });
    expect((bench.get64(bench.faultBase + 8) >> 28n) & 1n).toBe(1n);
    expect(responses).toEqual([{ source: requester, pasid, group: 9, code: 1 }]);
    expect(bench.get64(register.PQT)).toBe(0n);
  });

  test('191 · nobody to serve: a code for each reason, and only for the last of a group', () => {
    const off = start({ translating: false });
    off.ask({ last: false });
    off.ask();
    expect(off.responses.map(({ code }) => code)).toEqual([0xf]);
    const absent = start();
    absent.ask({ source: 0x0028 });
    expect(absent.responses.map(({ code }) => code)).toEqual([0xf]);
    expect(absent.bench.record()).toMatchObject({ reason: 0x41, source: 0x0028 });
    const unwritable = start();
    unwritable.bench.unit.memory.inject = (_hi, _lo, write) => (write ? memoryStatus.denied : memoryStatus.ok);
    unwritable.ask();
    expect(unwritable.responses.map(({ code }) => code)).toEqual([0xf]);
    expect(unwritable.bench.get64(register.PQT)).toBe(0n);
    const legacy = new Bench({ ecap: withPageRequests }).start();
    const { hi, lo } = quadOf(0x7000n);
    legacy.unit.pageRequests.request({
      ...{ source: requester, pasid: noPasid, hi, lo, read: true, write: false, execute: false, privileged: false },
      ...{ last: true, group: 0 },
    });
    expect(legacy.record()).toMatchObject({ reason: 0x32, source: requester });
  });
});
