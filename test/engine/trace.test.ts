import fc from 'fast-check';
import { safeParse } from 'valibot';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../main/machine/address.ts';
import type { PciAddress } from '../../main/machine/address.ts';
import { recordScenario } from '../../main/remapping/scenarios/run-scenario.ts';
import { counterNames, decisionCodes, decisionRow } from '../../main/remapping/trace-codes.ts';
import { traceShape } from '../../main/remapping/trace-shape.ts';
import {
  back,
  countersAt,
  duration,
  forward,
  indexTrace,
  positionAtTime,
  stepsOf,
  transactionAt,
} from '../../main/remapping/trace.ts';
import type { Counters, Stride, Trace } from '../../main/remapping/trace.ts';

const address = (text: string): PciAddress => {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(text);
  return parsed;
};
const story = (device = '0000:01:00.0'): Trace =>
  recordScenario('first-story', {
    device: address(device),
    ports: [{ address: address('0000:00:01.0'), sourceValidation: 'on' }],
  });

/** A long trace: the story many times over. */
function long(times: number): Trace {
  const one = story();
  const length = duration(one);
  const transactions = [];
  const steps = [];
  for (let round = 0; round < times; round++) {
    for (const transaction of one.transactions)
      transactions.push({ ...transaction, firstStep: transaction.firstStep + round * one.steps.length });
    for (const step of one.steps)
      steps.push({
        ...step,
        transaction: step.transaction + round * one.transactions.length,
        at: step.at + round * length,
      });
  }
  return { ...one, transactions, steps };
}

/** Counters by counting, without checkpoints. */
function counted(trace: Trace, at: number): Counters {
  const sums = Object.fromEntries(counterNames.map((name) => [name, 0])) as Record<keyof Counters, number>;
  for (const step of trace.steps.slice(0, at + 1))
    for (const name of decisionRow(step.decision).counts ?? []) sums[name]++;
  return sums;
}

describe('the first story', () => {
  const trace = story();
  const codes = trace.transactions.map((transaction) => stepsOf(trace, transaction).map((step) => step.decision));

  test('is a value of its shape, and survives JSON', () => {
    const parsed = safeParse(traceShape, JSON.parse(JSON.stringify(trace)));
    expect(parsed.issues).toBeUndefined();
    expect(parsed.output).toEqual(trace);
  });

  test('first write: root, context, four levels, memory', () => {
    expect(codes[0]).toEqual([
      'device-sends-dma',
      'port-checks-source',
      'address-is-memory',
      'table-mode-legacy',
      'context-cache-miss',
      'root-entry-present',
      'context-entry-translates',
      'iotlb-miss',
      'address-within-width',
      'paging-entry-leads-down',
      'paging-entry-leads-down',
      'paging-entry-leads-down',
      'paging-entry-is-leaf',
      'output-is-memory',
      'iotlb-filled',
      'memory-written',
    ]);
    const walked = trace.steps.filter((step) => step.transaction === 0 && step.level !== null);
    expect(walked.map((step) => step.level)).toEqual([4, 3, 2, 1]);
    // Every level's table is where the level above says, and the index comes from the address bits that are named.
    const asked = BigInt(trace.transactions[0]?.address ?? 0);
    for (const step of walked) {
      const { high = 0, low = 0, value } = step.indexBits ?? {};
      expect(value).toBe(Number((asked >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n)));
      expect(Number(BigInt(step.read?.address ?? 0) & 0xfffn)).toBe((value ?? 0) * 8);
    }
    walked.slice(1).forEach((step, index) => {
      const above = walked[index]?.read?.value ?? '0x0';
      expect(BigInt(step.read?.address ?? 0) & ~0xfffn).toBe(BigInt(above) & 0xffffffffff000n);
    });
  });

  test('the same page: from the cache, without reading a table', () => {
    expect(codes[1]).toContain('iotlb-hit');
    expect(stepsOf(trace, trace.transactions[1] ?? fail()).every((step) => step.read === null)).toBe(true);
  });

  test('the unmapped write faults with 5, is recorded, and the kernel says so', () => {
    const transaction = trace.transactions[2];
    expect(transaction?.outcome).toBe('blocked');
    expect(transaction?.fault).toEqual({
      reason: '0x5',
      recorded: true,
      kernelLines: [
        'DMAR: DRHD: handling fault status reg 2',
        `DMAR: [DMA Write NO_PASID] Request device [0000:01:00.0] fault addr ${transaction?.address} [fault reason 0x05] PTE Write access is not set`,
      ],
    });
    expect(codes[2]).toEqual(
      expect.arrayContaining(['paging-not-present', 'fault-recorded', 'fault-event-sent', 'kernel-logs']),
    );
    expect(codes[2]).not.toContain('memory-written');
  });

  test('the interrupt passes its source check to the routed vector and processor', () => {
    expect(trace.transactions[3]).toMatchObject({ outcome: 'delivered', delivered: { vector: 0x41, destination: 5 } });
    expect(codes[3]).toEqual(
      expect.arrayContaining(['interrupt-entry-present', 'source-accepted', 'interrupt-delivered']),
    );
  });

  test('is about the device that was asked for', () => {
    const other = story('0000:41:1f.3');
    expect(other.path.device).toBe('0000:41:1f.3');
    expect(other.steps.every((step) => step.values.source === '0000:41:1f.3')).toBe(true);
    const root = other.steps.find((step) => step.decision === 'root-entry-present');
    const context = other.steps.find((step) => step.decision === 'context-entry-translates');
    expect([root?.values.index, context?.values.index]).toEqual([0x41, (0x1f << 3) | 3]);
    expect(other.transactions[2]?.fault?.kernelLines[1]).toContain('[0000:41:1f.3]');
  });

  test('a device in another segment keeps it in every address', () => {
    const vmd = recordScenario('first-story', { device: address('10000:e1:00.0'), ports: [] });
    const check = vmd.steps.find((step) => step.decision === 'source-accepted');
    expect(check?.values.expectedSource).toBe('10000:e1:00.0');
  });

  test('times ascend, and each step begins where the one before ended', () => {
    trace.steps.slice(1).forEach((step, index) => {
      const before = trace.steps[index];
      expect(step.at).toBe((before?.at ?? 0) + (before?.cost ?? 0));
    });
  });

  test('every entry’s fields add up to its bits', () => {
    for (const { read } of trace.steps) {
      if (read?.value == null) continue;
      for (const field of read.fields)
        expect(BigInt(field.value)).toBe(
          (BigInt(read.value) >> BigInt(field.low)) & ((1n << BigInt(field.high - field.low + 1)) - 1n),
        );
    }
  });
});

describe('moving through a trace', () => {
  const trace = long(40);
  const index = indexTrace(trace);
  const strides: Stride[] = ['step', 'access', 'transaction', 'fault', 'miss'];

  test('counters at every position equal counting from the start', () => {
    for (let at = -1; at < trace.steps.length; at += 7) expect(countersAt(index, at)).toEqual(counted(trace, at));
    expect(countersAt(index, trace.steps.length + 9)).toEqual(counted(trace, trace.steps.length));
  });

  test('lookups are hits plus misses, at every position', () => {
    for (let at = 0; at < trace.steps.length; at += 5) {
      const counters = countersAt(index, at);
      const lookups = trace.steps
        .slice(0, at + 1)
        .filter((step) => step.structure === 'iotlb' && step.decision !== 'iotlb-filled');
      expect(counters.iotlbHits + counters.iotlbMisses).toBe(lookups.length);
    }
  });

  for (const stride of strides)
    test(`forward and back by ${stride} are exact opposites`, () => {
      const path: number[] = [];
      for (let at: number | null = 0; at !== null; at = forward(index, at, stride)) path.push(at);
      expect(path.length).toBeGreaterThan(40);
      const last = path.at(-1) ?? 0;
      const home: number[] = [];
      for (let at: number | null = last; at !== null; at = back(index, at, stride)) home.push(at);
      // The walk forward begins at step 0, which a fault or a miss need not be.
      const stops = stride === 'step' || stride === 'transaction' ? path : path.slice(1);
      expect(home.reverse()).toEqual(stops);
    });

  test('from anywhere, forward lands later and back lands earlier, on a stop of that stride', () => {
    fc.assert(
      fc.property(fc.nat({ max: trace.steps.length - 1 }), fc.constantFrom(...strides), (at, stride) => {
        const next = forward(index, at, stride);
        const previous = back(index, at, stride);
        if (next !== null) expect(next).toBeGreaterThan(at);
        if (previous !== null) expect(previous).toBeLessThan(at);
        if (next !== null && stride === 'fault')
          expect(decisionRow(trace.steps[next]?.decision ?? 'kernel-logs').flow).toBe('stops');
      }),
    );
  });

  test('the position at a time is the step that runs then', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: duration(trace), noNaN: true }), (time) => {
        const at = positionAtTime(trace, time);
        expect(trace.steps[at]?.at).toBeLessThanOrEqual(time);
        const next = trace.steps[at + 1];
        if (next) expect(next.at).toBeGreaterThan(time);
      }),
    );
    expect(positionAtTime(trace, -1)).toBe(0);
  });

  test('each step knows its transaction', () => {
    trace.steps.forEach((step, at) => {
      const transaction = transactionAt(trace, at);
      expect(transaction).toBe(trace.transactions[step.transaction]);
      expect(at - (transaction?.firstStep ?? 0)).toBe(step.number - 1);
    });
    expect(transactionAt(trace, -1)).toBeUndefined();
  });
});

test('every stop counts as a fault, but what is refused without a record and a stopped queue', () => {
  const silent = decisionCodes.filter((code) => {
    const row = decisionRow(code);
    return row.flow === 'stops' && row.counts?.includes('faults') !== true;
  });
  expect(silent).toEqual([
    'device-cache-unsupported',
    'queue-stopped',
    'amd-device-cache-unsupported',
    'amd-command-stopped',
  ]);
});

function fail(): never {
  throw new Error('the story has this transaction');
}
