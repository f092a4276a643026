import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noPasid } from '../../main/remapping/access.ts';
import { bigOf } from '../../main/remapping/core/quad.ts';
import { Bus } from '../../main/remapping/platform/bus.ts';
import { CopyDevice } from '../../main/remapping/platform/copy-device.ts';
import { connect, DeviceTlb } from '../../main/remapping/platform/device-tlb.ts';
import { amdAgent, vtdAgent } from '../../main/remapping/platform/translation-agent.ts';
import type { TranslationAgent } from '../../main/remapping/platform/translation-agent.ts';
import { faultStatus, register } from '../../main/remapping/vtd/registers.ts';
import { allPages, AmdBench, command } from './kit/amd-bench.ts';
import { Bench, descriptor, domain, qemuEcap, requester } from './kit/bench.ts';

const firstPage = 0x30000n;
const pages = 4;
const frames = 8;

/** A unit of either vendor, with what its software does in the storm. */
interface Stormed {
  readonly agent: TranslationAgent;
  /** the table says that this page is this frame now, or none */
  readonly point: (page: number, frame: number | null) => void;
  /** the unit forgets a page, or everything */
  readonly forget: (page: number | null) => void;
  /** the device is asked to forget a page, or everything */
  readonly forgetInDevice: (page: number | null) => void;
  /** software takes notice that the device was late */
  readonly excuse: () => void;
  /** a plain request: the frame that it reaches */
  readonly request: (page: number) => number | null;
}

const iova = (page: number): bigint => firstPage + BigInt(page) * 0x1000n;
const hostOf = (frame: number): bigint => 0x100000n + BigInt(frame) * 0x1000n;
const frameOf = (host: bigint): number => Number((host - 0x100000n) >> 12n);

function intel(): Stormed {
  const bench = new Bench({ ecap: qemuEcap | (1n << 2n) }).start({ tt: 1n });
  bench.startQueue();
  return {
    agent: vtdAgent(bench.unit),
    point: (page, frame) => {
      if (frame === null) bench.write(bench.entry(iova(page), 1), 0n);
      else bench.map(iova(page), hostOf(frame));
    },
    forget: (page) => bench.submit(page === null ? descriptor.iotlb(1) : descriptor.iotlb(3, domain, iova(page))),
    forgetInDevice: (page) =>
      bench.submit([3n | (BigInt(requester) << 32n), page === null ? (1n << 63n) - 0x1000n + 1n : iova(page)]),
    excuse: () => bench.set32(register.FSTS, faultStatus.timeOut | faultStatus.completionError),
    request: (page) => (bench.dma(iova(page)) === 0 ? frameOf(bench.translated(iova(page))) : null),
  };
}

function amd(): Stormed {
  // InvTimeOut is not 0: a device may be late.
  const bench = new AmdBench().start({ extra: [0n, 1n << 32n, 0n, 0n] }, 4n << 5n);
  return {
    agent: amdAgent(bench.unit),
    point: (page, frame) => {
      if (frame === null) bench.write(bench.entry(iova(page), 1), 0n);
      else bench.map(iova(page), hostOf(frame));
    },
    forget: (page) => bench.submit(page === null ? command.pages(domain, allPages) : command.pages(domain, iova(page))),
    forgetInDevice: (page) => bench.submit(command.deviceCache(requester, page === null ? allPages : iova(page))),
    excuse: () => undefined,
    request: (page) => (bench.dma(iova(page)) === 0 ? frameOf(bench.out) : null),
  };
}

const page = fc.nat({ max: pages - 1 });
const target = fc.option(page);
const event = fc.oneof(
  fc.record({ do: fc.constant('point' as const), page, frame: fc.option(fc.nat({ max: frames - 1 })) }),
  fc.record({ do: fc.constant('forget' as const), target }),
  fc.record({ do: fc.constant('forget-in-device' as const), target }),
  fc.record({ do: fc.constant('answer' as const) }),
  fc.record({ do: fc.constant('late' as const) }),
  fc.record({ do: fc.constant('request' as const), page }),
  fc.record({ do: fc.constant('device-request' as const), page }),
);

describe('a storm of DMA and invalidations', () => {
  for (const [name, make] of [
    ['VT-d', intel],
    ['AMD-Vi', amd],
  ] as const)
    test(`193 · ${name}: every request finds the old page or the new one, and only the new one when all has answered`, () => {
      fc.assert(
        fc.property(fc.array(event, { maxLength: 60 }), (events) => {
          const storm = make();
          const tlb = new DeviceTlb(storm.agent, requester);
          connect(storm.agent, [tlb]);
          tlb.answersAtOnce = false;
          const all = Array.from({ length: pages }, (_, index) => index);
          const now: (number | null)[] = all.map(() => null);
          // What a request may still find: in the unit, and in the device, which fills itself from the unit.
          const inUnit = all.map(() => new Set<number | null>([null]));
          const inDevice = all.map(() => new Set<number | null>([null]));
          const named = (wanted: number | null): number[] => (wanted === null ? all : [wanted]);
          let asked: number[] = [];
          const answered = (): void => {
            tlb.answer();
            for (const one of asked) inDevice[one] = new Set(inUnit[one]);
            asked = [];
          };
          for (const step of events) {
            if (step.do === 'point') {
              now[step.page] = step.frame;
              storm.point(step.page, step.frame);
              inUnit[step.page]?.add(step.frame);
              inDevice[step.page]?.add(step.frame);
            } else if (step.do === 'forget') {
              storm.forget(step.target);
              for (const one of named(step.target)) inUnit[one] = new Set([now[one] ?? null]);
            } else if (step.do === 'forget-in-device') {
              storm.forgetInDevice(step.target);
              asked.push(...named(step.target));
            } else if (step.do === 'answer') answered();
            else if (step.do === 'late') {
              // The unit gives up; what the device keeps, it keeps.
              storm.agent.timeOut(requester);
              storm.excuse();
            } else if (step.do === 'request')
              expect([...(inUnit[step.page] ?? [])]).toContain(storm.request(step.page));
            else {
              const host = tlb.reach(noPasid, 0, Number(iova(step.page)), false);
              const found = host === null ? null : frameOf(bigOf(host.hi, host.lo));
              expect([...(inDevice[step.page] ?? [])]).toContain(found);
            }
          }
          // What was not answered in time is answered now, and asked again.
          answered();
          storm.excuse();
          storm.forget(null);
          storm.forgetInDevice(null);
          answered();
          for (const one of all) {
            const host = tlb.reach(noPasid, 0, Number(iova(one)), false);
            expect(host === null ? null : frameOf(bigOf(host.hi, host.lo))).toBe(now[one]);
            expect(storm.request(one)).toBe(now[one]);
          }
        }),
        { numRuns: 150 },
      );
    });

  test('193 · a copy under way while its pages move: each byte is of the old page or the new, and lands in one of the two', () => {
    const [oldSource, newSource, oldTarget, newTarget] = [0x100000, 0x101000, 0x102000, 0x103000] as const;
    const outside = 0x104000;
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 }), { minLength: 200, maxLength: 200 }), (choices) => {
        const bench = new Bench({ ecap: qemuEcap }).start();
        bench.startQueue();
        let turn = 0;
        const disturb: readonly (() => void)[] = [
          () => bench.map(0x30000n, BigInt(oldSource)),
          () => bench.map(0x30000n, BigInt(newSource)),
          () => bench.map(0x31000n, BigInt(oldTarget)),
          () => bench.map(0x31000n, BigInt(newTarget)),
          () => bench.submit(descriptor.iotlb(3, domain, 0x30000n)),
          () => bench.submit(descriptor.iotlb(2, domain)),
        ];
        /** Software works between any two bytes that the device moves. */
        class BusyBus extends Bus {
          override write(hi: number, lo: number, value: number): void {
            disturb[choices[turn++ % choices.length] ?? 0]?.();
            super.write(hi, lo, value);
          }
        }
        disturb[0]?.();
        disturb[2]?.();
        for (let byte = 0; byte < 4096; byte++) {
          bench.unit.memory.writeByte(0, oldSource + byte, 0xaa);
          bench.unit.memory.writeByte(0, newSource + byte, 0xbb);
        }
        const device = new CopyDevice(bench.unit, new BusyBus(bench.unit.memory), requester);
        for (let at = 0; at < 256; at += 16)
          expect(device.copy(0x30000 + at, 0x31000 + at, 16)).toEqual({ moved: 16, reason: 0 });
        const { memory } = bench.unit;
        for (let byte = 0; byte < 4096; byte++) {
          const landed = [memory.readByte(0, oldTarget + byte), memory.readByte(0, newTarget + byte)].filter(Boolean);
          if (byte >= 256) expect(landed).toEqual([]);
          else expect(landed.every((value) => value === 0xaa || value === 0xbb) && landed.length === 1).toBe(true);
          if (memory.readByte(0, outside + byte) !== 0) throw new Error('written elsewhere');
        }
      }),
      { numRuns: 20 },
    );
  });
});
