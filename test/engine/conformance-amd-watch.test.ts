import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../main/machine/address.ts';
import { access, noPasid } from '../../main/remapping/access.ts';
import { control, register } from '../../main/remapping/amdvi/registers.ts';
import { memoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import { Recorder } from '../../main/remapping/record/recorder.ts';
import type { DecisionCode } from '../../main/remapping/trace-codes.ts';
import { decisionRow } from '../../main/remapping/trace-codes.ts';
import type { TraceStep } from '../../main/remapping/trace.ts';
import { AmdBench, command, domain, fullEfr, IR, next, PR, requester, RW, topTable } from './kit/amd-bench.ts';

const source = parseAddress('0000:00:04.0');
if (source === null) throw new Error('address');

/** The steps of whatever `act` does, as they would be shown. */
function followed(bench: AmdBench, act: () => void, address = 0x30000n): readonly TraceStep[] {
  const recorder = new Recorder(0);
  bench.unit.watch = recorder;
  recorder.begin({
    kind: 'dma',
    story: 'traffic',
    sender: source ?? fail(),
    decisive: false,
    source: source ?? fail(),
    access: 'write',
    addressHi: Number(address >> 32n),
    addressLo: Number(BigInt.asIntN(32, address)),
    data: null,
    bytes: 4,
  });
  act();
  bench.unit.watch = null;
  return recorder.steps;
}
const stopOf = (steps: readonly TraceStep[]): DecisionCode | undefined =>
  steps.find((step) => decisionRow(step.decision).flow === 'stops')?.decision;

type Setup = (bench: AmdBench) => void;
const mapped: Setup = (bench) => {
  bench.map(0x30000n, 0x5000n);
};
const middle =
  (value: bigint): Setup =>
  (bench) => {
    bench.write(bench.entry(0x30000n, 2), value);
  };
const guest = (low: bigint, more = 0n): [bigint, bigint, bigint, bigint] => [
  (1n << 55n) | low | ((0x50n & 7n) << 58n),
  (((0x50000n >> 15n) & 0xffffn) << 16n) | more,
  0n,
  0n,
];

describe('what stops a DMA request is named, and nothing else is said to stop it', () => {
  const cases: readonly [DecisionCode, Setup, number?, number?][] = [
    ['amd-device-entry-no-tables', (bench) => bench.device({ translation: false })],
    ['amd-device-entry-malformed', (bench) => bench.device({ extra: [4n, 0n, 0n, 0n] })],
    ['amd-device-entry-wrong-levels', (bench) => bench.device({ mode: 7n })],
    ['amd-device-entry-forbids', (bench) => bench.device({ rights: IR })],
    ['amd-device-beyond-table', (bench) => bench.set64(register.DEV_TABLE, 0x100000n), 0, 0x400],
    ['amd-device-entry-unreadable', (bench) => bench.set64(register.DEV_TABLE, 0x9000000n)],
    ['amd-device-cache-not-allowed', mapped, access.translated],
    ['amd-address-beyond-levels', (bench) => bench.device({ mode: 1n })],
    ['amd-paging-unreadable', middle(0x9000000n | PR | RW | next(1))],
    ['amd-paging-not-present', mapped, 0],
    ['amd-paging-reserved', middle(PR | RW | next(1) | (1n << 52n))],
    ['amd-paging-forbidden', middle(PR | IR | next(1))],
    ['amd-paging-wrong-level', middle(PR | RW | next(3))],
    ['amd-paging-wrong-size', middle(PR | RW | next(7))],
    ['amd-paging-skipped-bits', (bench) => bench.write(topTable, 0x20000n | PR | RW | next(1))],
    ['amd-pasid-not-allowed', mapped],
  ];
  for (const [code, prepare, bits = 0, from = requester] of cases)
    test(code, () => {
      const bench = new AmdBench({ efr: fullEfr }).start();
      prepare(bench);
      const wide = code === 'amd-address-beyond-levels' || code === 'amd-paging-skipped-bits';
      const address = wide ? 0x4030_0000 : code === 'amd-paging-not-present' ? 0x31000 : 0x30000;
      const pasid = code === 'amd-pasid-not-allowed' ? 5 : noPasid;
      let answer = 0;
      const steps = followed(bench, () => {
        answer = bench.unit.translate(from, pasid, 0, address, access.write | bits);
      });
      expect(answer).toBeGreaterThan(0);
      expect(stopOf(steps)).toBe(code);
      expect(steps.filter((step) => decisionRow(step.decision).flow === 'stops')).toHaveLength(1);
      expect(steps.map((step) => step.decision)).toContain('amd-event-logged');
    });

  test('a level that cannot be marked, and the unit’s own interrupt that gets lost', () => {
    const bench = new AmdBench({ efr: fullEfr }).start({ extra: [1n << 7n, 0n, 0n, 0n] });
    mapped(bench);
    bench.sinkWorks = false;
    bench.unit.message = null;
    bench.unit.writeRegister(register.MSI_ADDRESS, 0x1000);
    bench.unit.memory.inject = (_, lo, write) =>
      write && lo === Number(topTable) ? memoryStatus.denied : memoryStatus.ok;
    const steps = followed(bench, () => expect(bench.dma(0x30000n, 'write')).toBe(4));
    expect(stopOf(steps)).toBe('amd-paging-mark-failed');
    expect([bench.unit.sent, bench.unit.lost]).toEqual([0, 1]);
  });

  test('the guest’s table of address spaces', () => {
    const stop = (pasid: number, prepare: Setup): DecisionCode | undefined => {
      const bench = new AmdBench({ efr: fullEfr }).start({ mode: 0n, extra: guest(0n) });
      prepare(bench);
      return stopOf(followed(bench, () => bench.dma(0x30000n, 'write', requester, 0, pasid)));
    };
    const nothing: Setup = () => undefined;
    expect(stop(512, nothing)).toBe('amd-pasid-beyond-table');
    expect(stop(5, nothing)).toBe('amd-guest-space-absent');
    const space: Setup = (bench) => bench.write(0x50000n + 40n, 0x51000n | 1n);
    expect(stop(5, space)).toBe('amd-guest-not-present');
    const far: Setup = (bench) => bench.write(0x50000n + 40n, 0x9000000n | 1n);
    expect(stop(5, far)).toBe('amd-guest-unreadable');
    const top =
      (value: bigint): Setup =>
      (bench) => {
        space(bench);
        bench.write(0x51000n, value);
      };
    expect(stop(5, top(3n))).toBe('amd-guest-forbidden');
    expect(stop(5, top(0x87n))).toBe('amd-guest-reserved');
    const unreadable: Setup = (bench) => bench.device({ mode: 0n, extra: guest(0n, 0x200n << 43n) });
    expect(stop(5, unreadable)).toBe('amd-guest-space-unreadable');
    const failing: Setup = (bench) => {
      top(0x52007n)(bench);
      bench.unit.memory.inject = (_, __, write) => (write ? memoryStatus.denied : memoryStatus.ok);
    };
    expect(stop(5, failing)).toBe('amd-guest-mark-failed');
  });
});

test('what passes is told too: no entry, no tables, the exclusion range, skipped levels, a cached page and its rights', () => {
  const bench = new AmdBench().start({ valid: false });
  const said = (kind: 'read' | 'write' = 'read'): readonly DecisionCode[] =>
    followed(bench, () => bench.dma(0x30000n, kind)).map((step) => step.decision);
  expect(said()).toContain('amd-device-entry-not-valid');
  bench.device({ mode: 0n });
  expect(said()).toContain('amd-device-entry-passes');
  expect(said()).toContain('amd-device-entry-cached');
  bench.set64(register.EXCL_BASE, 0x30003n);
  bench.set64(register.EXCL_LIMIT, 0x30000n);
  expect(said()).toContain('amd-address-excluded');
  bench.set64(register.EXCL_BASE, 0n);
  bench.device();
  bench.write(topTable, 0x20000n | PR | RW | next(1));
  bench.write(0x20000n + 0x30n * 8n, 0x5000n | PR | IR);
  bench.submit(command.device(requester));
  expect(said()).toEqual(expect.arrayContaining(['amd-paging-skips-levels', 'amd-paging-is-leaf', 'amd-iotlb-filled']));
  expect(said()).toContain('amd-iotlb-hit');
  expect(stopOf(followed(bench, () => bench.dma(0x30000n, 'write')))).toBe('amd-iotlb-forbids');
  bench.unit.writeRegister(register.CONTROL, 0);
  expect(said()).toContain('amd-translation-off');
});

test('commands say what they forget, and where they stop', () => {
  const bench = new AmdBench().start();
  const steps = followed(bench, () =>
    bench.submit(
      command.device(requester),
      command.pages(domain, 0x30000n),
      command.interrupts(requester),
      command.all(),
      command.wait(0x7000n, 1n),
      [0n, 0n],
    ),
  );
  expect(steps.map((step) => step.decision)).toEqual([
    'amd-device-entry-forgotten',
    'amd-pages-forgotten',
    'amd-interrupt-table-forgotten',
    'amd-everything-forgotten',
    'amd-wait-completed',
    'amd-event-logged',
    'amd-event-signalled',
    'amd-command-stopped',
  ]);
});

describe('what stops an interrupt is named', () => {
  const table = 0x40000n;
  const cases: readonly [DecisionCode, Setup, number][] = [
    ['amd-interrupts-refused', (bench) => bench.interruptTable(table, { control: 0n }), 1],
    ['amd-interrupt-control-malformed', (bench) => bench.interruptTable(table, { control: 3n }), 1],
    ['amd-interrupt-kind-refused', (bench) => bench.interruptTable(table), 4 << 8],
    ['amd-interrupt-index-beyond', (bench) => bench.interruptTable(table, { length: 1n }), 5],
    ['amd-interrupt-entry-off', (bench) => bench.interruptTable(table), 5],
    ['amd-interrupt-entry-unreadable', (bench) => bench.interruptTable(0x9000000n), 5],
    [
      'amd-interrupt-entry-malformed',
      (bench) => {
        bench.interruptTable(table);
        bench.write(table, 9n);
      },
      0,
    ],
  ];
  for (const [code, prepare, data] of cases)
    test(code, () => {
      const bench = new AmdBench({ efr: fullEfr }).start();
      prepare(bench);
      const steps = followed(bench, () => expect(bench.interrupt(data)).toBeGreaterThan(0));
      expect(stopOf(steps)).toBe(code);
    });

  test('and what delivers it: a narrow entry, a wide one, a guest’s page', () => {
    const narrow = new AmdBench().start();
    narrow.interruptTable(table);
    narrow.write(table, 1n | (0x41n << 16n));
    const steps = followed(narrow, () => narrow.interrupt(0));
    expect(steps.find(({ decision }) => decision === 'amd-interrupt-entry-remaps-narrow')?.values.vector).toBe(0x41);
    expect(followed(narrow, () => narrow.interrupt(0)).map((step) => step.decision)).toContain(
      'amd-interrupt-cache-hit',
    );
    const wide = new AmdBench({ efr: fullEfr }).start({}, BigInt(control.guestApic | control.guestApicMode));
    wide.interruptTable(table);
    wide.write(table, 1n | (1n << 6n) | (1n << 7n), 0x51n | 0x60000n);
    wide.write(table + 16n, 1n | (1n << 7n), 0x51n | 0x60000n);
    wide.write(table + 32n, 1n | (1n << 7n), 0x51n | 0x9000000n);
    const last = (index: number): DecisionCode | undefined =>
      followed(wide, () => wide.interrupt(index)).find(({ structure }) => structure === 'posted-descriptor')?.decision;
    expect([last(0), last(1), last(2)]).toEqual([
      'amd-interrupt-to-running-guest',
      'amd-interrupt-to-waiting-guest',
      'amd-guest-page-unreadable',
    ]);
  });
});

function fail(): never {
  throw new Error('the address is one');
}
