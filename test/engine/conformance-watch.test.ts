import { describe, expect, test } from 'vitest';
import { access } from '../../main/remapping/access.ts';
import { memoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import { decisionRow } from '../../main/remapping/trace-codes.ts';
import type { DecisionCode } from '../../main/remapping/trace-codes.ts';
import type { TraceStep } from '../../main/remapping/trace.ts';
import { global, register } from '../../main/remapping/vtd/registers.ts';
import { stepWords } from '../../main/words/remapping.ts';
import { Bench, descriptor, domain, qemuCap, requester, rootTable } from './kit/bench.ts';
import { followed } from './kit/follow.ts';
import {
  directory,
  fullEcap,
  pasidTable,
  pgtt,
  ScalableBench,
  scalableDescriptor,
  user,
} from './kit/scalable-bench.ts';

const address = 0x30000n;
const decisionsOf = (steps: readonly TraceStep[]): readonly DecisionCode[] => steps.map(({ decision }) => decision);
const stopOf = (steps: readonly TraceStep[]): readonly DecisionCode[] =>
  decisionsOf(steps).filter((code) => decisionRow(code).flow === 'stops');

/** Every step can be said, and nothing in it is left open. */
function sayable(steps: readonly TraceStep[]): readonly TraceStep[] {
  for (const step of steps)
    for (const sentence of Object.values(stepWords(step))) expect(sentence).not.toMatch(/undefined|NaN|null| {2}|\(\)/);
  return steps;
}

describe('what stops a DMA request in legacy mode is named, and nothing else is said to stop it', () => {
  type Case = readonly [DecisionCode, (bench: Bench) => void, number?, bigint?];
  const cases: readonly Case[] = [
    ['root-not-present', (bench) => bench.write(rootTable, 0n, 0n)],
    ['root-reserved', (bench) => bench.write(rootTable, 0x2003n, 0n)],
    ['root-unreadable', (bench) => refuse(bench, Number(rootTable))],
    ['context-not-present', (bench) => bench.writeContext({ low: 1n })],
    ['context-reserved', (bench) => bench.writeContext({ low: 16n })],
    ['context-unsupported', (bench) => bench.writeContext({ aw: 7n })],
    ['request-type-blocked', () => undefined, access.translated],
    ['address-beyond-width', () => undefined, 0, 1n << 50n],
    ['top-table-unreadable', (bench) => bench.writeContext({ low: 0x10000n ^ 0x9000000n })],
    ['table-unreadable', (bench) => bench.write(bench.entry(address, 2), 0x9000003n)],
    ['write-not-allowed', (bench) => bench.map(address, 0x5000n, { rights: 1n })],
    ['paging-reserved', (bench) => bench.map(address, 0x5000n, { extra: 1n << 50n })],
    ['output-is-interrupt-range', (bench) => bench.map(address, 0xfee00000n)],
    [
      'iotlb-forbids-write',
      (bench) => {
        bench.map(address, 0x5000n, { rights: 1n });
        expect(bench.dma(address, 'read')).toBe(0);
      },
    ],
  ];
  for (const [code, prepare, extra = 0, at = address] of cases)
    test(code, () => {
      const bench = new Bench().start();
      bench.map(address, 0x5000n);
      prepare(bench);
      const act = (): void => expect(bench.dma(at, 'write', requester, extra)).toBeGreaterThan(0);
      expect(stopOf(sayable(followed(bench.unit, act, Number(at & 0xffffffffn))))).toEqual([code]);
    });

  test('iotlb-forbids-read, where only writing is allowed', () => {
    const bench = new Bench().start();
    bench.map(address, 0x5000n, { rights: 2n });
    expect(bench.dma(address, 'write')).toBe(0);
    expect(stopOf(sayable(followed(bench.unit, () => bench.dma(address, 'read'))))).toEqual(['iotlb-forbids-read']);
  });

  test('a fault that is silenced, collapsed, too much, or dropped says so', () => {
    const bench = new Bench().start();
    const last = (act: () => void): DecisionCode | undefined => decisionsOf(sayable(followed(bench.unit, act))).at(-1);
    expect(last(() => bench.dma(address))).toBe('fault-event-waits');
    expect(last(() => bench.dma(address))).toBe('fault-collapsed');
    const steps = followed(bench.unit, () => bench.dma(address + 0x1000n));
    expect(decisionsOf(sayable(steps)).slice(-2)).toEqual(['fault-overflow', 'fault-event-pending-already']);
    expect(last(() => bench.dma(address + 0x2000n))).toBe('fault-dropped');
    bench.writeContext({ low: 2n });
    bench.contextCommand(1);
    expect(last(() => bench.dma(address))).toBe('fault-silenced');
  });
});

describe('what stops a DMA request in scalable mode is named', () => {
  const withPasid = { pasid: 3, context: 0b1100n };
  type Case = readonly [DecisionCode, (bench: ScalableBench) => void, number?, number?];
  const cases: readonly Case[] = [
    ['pasid-not-enabled', (bench) => bench.begin({ context: 0n }), 3],
    ['device-cache-not-enabled', (bench) => bench.begin({ context: 0n }), -1, access.translationRequest],
    ['pasid-beyond-directory', () => undefined, 1 << 14],
    ['pasid-directory-not-present', (bench) => bench.write(directory, 0n)],
    ['pasid-directory-reserved', (bench) => bench.write(directory, pasidTable | 5n)],
    ['pasid-directory-unreadable', (bench) => refuse(bench, Number(directory))],
    ['pasid-entry-not-present', (bench) => bench.writeEntry({ pasid: 3, entry: [1n, 0n, 0n] })],
    ['pasid-entry-reserved', (bench) => bench.writeEntry({ pasid: 3, entry: [1n << 10n, 0n, 0n] })],
    ['pasid-entry-unreadable', (bench) => refuse(bench, Number(pasidTable) + 3 * 64)],
    ['pasid-entry-unsupported', (bench) => bench.writeEntry({ pasid: 3, stage: 7n })],
    ['execute-request-refused', () => undefined, 3, access.execute],
    ['supervisor-request-refused', () => undefined, 3, access.privileged],
    ['first-stage-not-present', (bench) => bench.mapFirst(address, 0x5000n, 0n)],
    ['first-stage-user-refused', (bench) => bench.mapFirst(address, 0x5000n, 3n)],
    ['first-stage-write-refused', (bench) => bench.mapFirst(address, 0x5000n, 5n)],
    ['first-stage-reserved', (bench) => bench.mapFirst(address, (1n << 50n) | 0x5000n, user)],
    ['first-stage-mark-failed', (bench) => refuse(bench, null)],
    [
      'first-stage-execute-refused',
      (bench) => {
        bench.writeEntry({ pasid: 3, stage: pgtt.first, entry: [0n, 0n, (1n << 1n) | (1n << 5n)] });
        bench.mapFirst(address, 0x5000n, user | (1n << 63n));
      },
      3,
      access.execute,
    ],
  ];
  for (const [code, prepare, pasid = 3, extra = 0] of cases)
    test(code, () => {
      const bench = new ScalableBench().begin({ stage: pgtt.first, ...withPasid });
      bench.mapFirst(address, 0x5000n, user);
      prepare(bench);
      const act = (): void => expect(bench.ask(address, { kind: 'write', pasid, extra })).toBeGreaterThan(0);
      expect(stopOf(sayable(followed(bench.unit, act, Number(address))))).toEqual([code]);
    });

  test('an address that is not canonical, a first stage that cannot be read, and caches that answer', () => {
    const bench = new ScalableBench().begin({ stage: pgtt.first, ...withPasid });
    bench.mapFirst(address, 0x5000n, user);
    const ask = (at: bigint): readonly DecisionCode[] =>
      decisionsOf(sayable(followed(bench.unit, () => bench.ask(at, { pasid: 3 }), Number(at & 0xffffffffn))));
    expect(ask(1n << 50n)).toContain('first-stage-not-canonical');
    expect(ask(address)).toEqual(expect.arrayContaining(['pasid-cache-hit', 'iotlb-miss', 'first-stage-is-leaf']));
    expect(ask(address)).toEqual(expect.arrayContaining(['scalable-context-cache-hit', 'iotlb-hit']));
    bench.write(0x11000n, 0x9000000n | user);
    expect(ask(1n << 30n)).toContain('first-stage-unreadable');
  });
});

describe('interrupts and invalidations', () => {
  const table = 0x3000n;
  const remapping = (): Bench => {
    const bench = new Bench({ cap: qemuCap | (1n << 59n) });
    bench.set64(register.IRTA, table | 3n);
    bench.command(global.interruptTable);
    bench.command(global.interrupts);
    bench.write(table + 16n, 1n | (0x31n << 16n), BigInt(requester) | (1n << 18n));
    return bench;
  };
  const messageOf = (index: number): number => 0xfee00010 | (index << 5);

  test('what stops an interrupt is named', () => {
    const cases: readonly (readonly [DecisionCode, number, (bench: Bench) => void, number?])[] = [
      ['interrupt-index-beyond', messageOf(99), () => undefined],
      ['format-compatibility-blocked', 0xfee00000, () => undefined],
      ['interrupt-request-reserved', messageOf(1) | 1, () => undefined],
      ['interrupt-entry-not-present', messageOf(2), () => undefined],
      ['interrupt-entry-reserved', messageOf(1), (bench) => bench.write(table + 16n, 1n | (1n << 24n), 0n)],
      ['interrupt-entry-unreadable', messageOf(1), (bench) => refuse(bench, Number(table) + 16)],
      ['source-refused', messageOf(1), () => undefined, 0x0080],
      [
        'posted-descriptor-unreadable',
        messageOf(1),
        (bench) => bench.write(table + 16n, 1n | (1n << 15n) | (0x31n << 16n) | (0x200000n << 38n), 0n),
      ],
    ];
    for (const [code, message, prepare, source = requester] of cases) {
      const bench = remapping();
      prepare(bench);
      const act = (): void => expect(bench.unit.interrupt(source, 0, message | 0, 0)).toBeGreaterThan(0);
      expect(stopOf(sayable(followed(bench.unit, act)))).toEqual([code]);
    }
  });

  test('and what delivers it: an entry from the table, the same from the cache, a posted one', () => {
    const bench = remapping();
    bench.write(table + 32n, 1n | (1n << 15n) | (0x31n << 16n) | ((0x6000n >> 6n) << 38n), 0n);
    const of = (index: number): readonly DecisionCode[] =>
      decisionsOf(sayable(followed(bench.unit, () => bench.unit.interrupt(requester, 0, messageOf(index) | 0, 0))));
    expect(of(1)).toEqual(expect.arrayContaining(['interrupt-cache-miss', 'source-accepted', 'interrupt-delivered']));
    expect(of(1)).toEqual(expect.arrayContaining(['interrupt-cache-hit', 'interrupt-delivered']));
    expect(of(2)).toEqual(expect.arrayContaining(['source-not-checked', 'interrupt-posted']));
  });

  test('each descriptor says what it made the unit forget', () => {
    const bench = new ScalableBench({ ecap: fullEcap });
    bench.startQueue();
    const steps = followed(bench.unit, () =>
      bench.submit(
        descriptor.context(3, domain, requester),
        descriptor.context(1),
        descriptor.iotlb(2, domain),
        scalableDescriptor.pasidCache(1, domain, 3),
        scalableDescriptor.pasidIotlb(3, domain, 3, address),
        descriptor.interrupts(true, 1, 2),
        descriptor.wait(0x7000n, 1),
        [0n, 0n],
      ),
    );
    expect(decisionsOf(sayable(steps))).toEqual([
      'context-cache-invalidated',
      'context-cache-invalidated',
      'iotlb-invalidated',
      'pasid-cache-invalidated',
      'pasid-iotlb-invalidated',
      'interrupt-cache-invalidated',
      'wait-completed',
      'queue-stopped',
      'fault-event-waits',
    ]);
    expect(steps[0]?.values).toMatchObject({ granularity: 'device', domain });
    expect(steps[5]?.values).toMatchObject({ granularity: 'index', index: 1 });
  });
});

/** Nothing answers in the quad at this address any more; null: no write is taken. */
function refuse(bench: Bench, at: number | null): void {
  bench.unit.memory.inject = (_hi, lo, write) =>
    (at === null ? write : lo === at) ? memoryStatus.denied : memoryStatus.ok;
}
