import { safeParse } from 'valibot';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../main/machine/address.ts';
import { recordScenario } from '../../main/remapping/scenarios/run-scenario.ts';
import { Traffic } from '../../main/remapping/scenarios/traffic.ts';
import { traceShape } from '../../main/remapping/trace-shape.ts';
import { countersAt, indexTrace, stepsOf } from '../../main/remapping/trace.ts';
import { fieldMeaning, fieldName } from '../../main/words/remapping-fields.ts';
import { faultReason, stepWords } from '../../main/words/remapping.ts';

const device = parseAddress('0000:41:00.0');
const port = parseAddress('0000:40:01.1');
if (device === null || port === null) throw new Error('address');
const trace = recordScenario('first-story', { device, ports: [{ address: port, sourceValidation: 'off' }] }, 'amd');
const codes = trace.transactions.map((transaction) => stepsOf(trace, transaction).map((step) => step.decision));

describe('the first story on an AMD machine', () => {
  test('is a value of the same shape as VT-d’s, and survives JSON', () => {
    const parsed = safeParse(traceShape, JSON.parse(JSON.stringify(trace)));
    expect(parsed.issues).toBeUndefined();
    expect(parsed.output).toEqual(trace);
    expect(trace.path.unit).toMatchObject({ vendor: 'amd', capability: '0x29d3' });
  });

  test('first write: device table, three levels, memory', () => {
    expect(codes[0]).toEqual([
      'device-sends-dma',
      'port-forwards',
      'amd-address-is-memory',
      'amd-device-entry-miss',
      'amd-device-entry-translates',
      'amd-iotlb-miss',
      'amd-address-within-levels',
      'amd-paging-leads-down',
      'amd-paging-leads-down',
      'amd-paging-is-leaf',
      'amd-iotlb-filled',
      'amd-output-found',
      'amd-memory-written',
    ]);
    const entry = trace.steps.find((step) => step.decision === 'amd-device-entry-translates');
    expect(entry?.read?.bits).toBe(256);
    expect(BigInt(entry?.read?.address ?? 0) - BigInt(trace.tables.deviceTable ?? 0)).toBe(0x4100n * 32n);
    expect(entry?.values).toMatchObject({ index: 0x4100, domain: 1, levels: 3 });
    // Every level's table is where the level above says, and the index comes from the address bits that are named.
    const asked = BigInt(trace.transactions[0]?.address ?? 0);
    const walked = stepsOf(trace, trace.transactions[0] ?? fail()).filter((step) => step.level !== null);
    let table = BigInt(entry?.read?.value ?? 0) & 0xffffffffff000n;
    for (const step of walked) {
      const { high = 0, low = 0, value } = step.indexBits ?? {};
      expect(value).toBe(Number((asked >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n)));
      expect(BigInt(step.read?.address ?? 0)).toBe(table + BigInt(value ?? 0) * 8n);
      table = BigInt(step.read?.value ?? 0) & 0xffffffffff000n;
    }
    expect(walked.map((step) => step.level)).toEqual([3, 2, 1]);
  });

  test('the same page comes from the cache; the unmapped write is the line that Linux logs', () => {
    expect(codes[1]).toContain('amd-iotlb-hit');
    expect(stepsOf(trace, trace.transactions[1] ?? fail()).every((step) => step.read === null)).toBe(true);
    const transaction = trace.transactions[2];
    expect(transaction?.fault).toEqual({
      reason: '0x2',
      recorded: true,
      kernelLines: [
        `vfio-pci 0000:41:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0001 address=${transaction?.address} flags=0x0020]`,
      ],
    });
    expect(codes[2]?.slice(-4)).toEqual([
      'amd-paging-not-present',
      'amd-event-logged',
      'amd-event-signalled',
      'amd-kernel-logs',
    ]);
  });

  test('the interrupt goes through the device’s own table', () => {
    expect(codes[3]).toEqual([
      'device-sends-interrupt',
      'port-forwards',
      'amd-address-is-interrupt',
      'amd-device-entry-cached',
      'amd-interrupt-control-remaps',
      'amd-interrupt-index-in-table',
      'amd-interrupt-cache-miss',
      'amd-interrupt-entry-remaps',
      'amd-interrupt-delivered',
    ]);
    expect(trace.transactions[3]).toMatchObject({ outcome: 'delivered', delivered: { vector: 0x41, destination: 5 } });
  });

  test('counters, words and fields: nothing is left unsaid', () => {
    const counters = countersAt(indexTrace(trace), trace.steps.length);
    expect(counters).toMatchObject({ translations: 3, iotlbHits: 1, iotlbMisses: 2, interrupts: 1, faults: 1 });
    for (const step of trace.steps) {
      const { plain, term } = stepWords(step);
      for (const text of [plain, term]) expect(text).not.toMatch(/undefined|NaN|null| {2}|\(\)/);
      for (const field of step.read?.fields ?? []) {
        expect(`${fieldName(field)} ${fieldMeaning(field)}`).not.toMatch(/undefined|NaN/);
        expect(BigInt(field.value)).toBe(
          (BigInt(step.read?.value ?? 0) >> BigInt(field.low)) & ((1n << BigInt(field.high - field.low + 1)) - 1n),
        );
      }
    }
    for (let code = 1; code <= 9; code++) expect(faultReason('amd', `0x${code}`)).toMatch(/\.$/);
    expect(faultReason('vtd', '0x5')).toMatch(/\.$/);
  });
});

test('live traffic on an AMD machine has faults of both kinds, and the kernel’s lines are AMD-Vi’s', () => {
  const traffic = new Traffic({ path: { device, ports: [] }, vendor: 'amd', seed: 7 });
  const batches = Array.from({ length: 30 }, () => traffic.step(4000));
  const { counters } = batches.at(-1) ?? fail();
  expect(counters.iotlbHits + counters.iotlbMisses).toBe(counters.translations);
  for (const count of [counters.faults, counters.invalidations, counters.interruptsRefused, counters.iotlbHits])
    expect(count).toBeGreaterThan(0);
  const lines = batches.flatMap((batch) => batch.kernelLines);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    expect(line).toMatch(/^vfio-pci 0000:41:00\.0: AMD-Vi: Event logged \[IO_PAGE_FAULT domain=/);
  expect(lines.some((line) => line.endsWith('flags=0x0008]'))).toBe(true);
});

function fail(): never {
  throw new Error('the story has this');
}
