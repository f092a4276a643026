import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { machineFromText } from '../../../../main/machine/lspci/machine-from-text.ts';
import type { Machine, MachineSource } from '../../../../main/machine/machine.ts';
import { jsonFault } from '../../../../main/machine/report/json-fault.ts';
import { parseJson } from '../../../../main/machine/report/json-text.ts';
import { parseReport, reportOf } from '../../../../main/machine/report/parse-report.ts';
import { migrate } from '../../../../main/machine/report/versions.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import { corpusPresent, dumps, dumpWithGroups, shippedNames, textSource } from '../../../hosts/corpus.ts';

const text = '00:00.0 Host bridge [0600]: Intel Corporation Device [8086:4637]\n\tFlags: fast devsel, IOMMU group 0\n';

function machineOf(from: string): Machine {
  const machine = machineFromText(from, shippedNames, textSource('paste.txt'));
  if (isSourceProblem(machine)) throw new Error(machine.detail);
  return machine;
}

const overDisk = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const file: MachineSource = { ...textSource('a.slotwise.json'), kind: 'report', readAt: '2026-11-22T10:00:00Z' };

describe('a report', () => {
  test.skipIf(!corpusPresent).each(dumps)('$name: from machine to report and back it is the same', ({ name }) => {
    const machine = machineOf(dumpWithGroups(name));
    expect(parseReport(overDisk(reportOf(machine)), machine.source)).toEqual(machine);
  });

  test('says where it was found now, and keeps what was said of its origin', () => {
    const machine = machineOf(text);
    const saved = {
      ...machine,
      source: { ...machine.source, origin: 'a list', collectedAt: '2020-01-01T00:00:00Z', partlyStaged: true },
    };
    expect(parseReport(overDisk(reportOf(saved)), file)).toMatchObject({
      source: {
        kind: 'report',
        name: 'a.slotwise.json',
        readAt: '2026-11-22T10:00:00Z',
        origin: 'a list',
        collectedAt: '2020-01-01T00:00:00Z',
        partlyStaged: true,
      },
    });
  });

  test.each([
    ['no object', 42, 'a.slotwise.json', 'found 42'],
    ['another format', { format: 'tree', version: 1 }, 'a.slotwise.json, format', '"tree"'],
    ['no version', { format: 'slotwise-report' }, 'a.slotwise.json, version', 'undefined'],
    [
      'a later version',
      { format: 'slotwise-report', version: 7 },
      'a.slotwise.json, version',
      'reads versions up to 1',
    ],
    ['no machine', { format: 'slotwise-report', version: 1 }, 'a.slotwise.json, machine', 'undefined'],
  ])('%s: says the place and what stood there', (_, value, where, detail) => {
    const problem = parseReport(value, file);
    expect(problem).toMatchObject({ problem: true, code: 'source-not-understood', where });
    expect(isSourceProblem(problem) && problem.detail).toContain(detail);
  });

  test('one bad value deep inside is found by its path', () => {
    const report = overDisk(reportOf(machineOf(text))) as { machine: { functions: { address: string }[] } };
    for (const fn of report.machine.functions) fn.address = '00:00.0; rm -rf /';
    expect(parseReport(report, file)).toMatchObject({
      problem: true,
      where: 'a.slotwise.json, machine.functions.0.address',
    });
  });

  test('any JSON is a machine or a problem', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseReport(value, file)).toMatchObject({ problem: true });
        expect(parseReport({ format: 'slotwise-report', version: 1, machine: value }, file)).toMatchObject({
          problem: true,
        });
      }),
    );
  });
});

describe('older versions', () => {
  const steps = [
    { from: 1, upgrade: (report: object) => ({ ...report, second: true }) },
    { from: 2, upgrade: (report: object) => ({ ...report, third: true }) },
  ];

  test('are carried up one step after the other', () => {
    expect(migrate({ version: 1 }, 1, steps, 3)).toEqual({ version: 3, second: true, third: true });
    expect(migrate({ version: 2 }, 2, steps, 3)).toEqual({ version: 3, third: true });
    expect(migrate({ version: 3 }, 3, steps, 3)).toEqual({ version: 3 });
  });

  test('without a step do not pass', () => expect(migrate({ version: 0 }, 0, steps, 3)).toBeNull());
});

describe('JSON that is none', () => {
  test('is blamed at a place up to which it may be JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom('', 'x', '\u0001', ',', '"', '}'), (json, place, char) => {
        const at = place % (json.length + 1);
        const broken = json.slice(0, at) + char + json.slice(at + 1);
        try {
          JSON.parse(broken);
        } catch {
          // Cut there, it only ends too early.
          expect(jsonFault(broken.slice(0, jsonFault(broken)))).toBe(jsonFault(broken));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a string of ten million characters that does not end', () => {
    expect(jsonFault(`{"name": "${'a'.repeat(10_000_000)}`)).toBe(10_000_010);
  });

  test.each([
    ['{\n  "a": x\n}', 'f.json, line 2, column 8', '"x"'],
    ['{ "a": ', 'f.json, line 1, column 8', 'ends too early'],
    ['', 'f.json, line 1, column 1', 'ends too early'],
    ['{"a": 1} x', 'f.json, line 1, column 10', '"x"'],
    ['[1, 2,]', 'f.json, line 1, column 7', '"]"'],
    ['\u007fELF\u0002', 'f.json, line 1, column 1', 'unexpected'],
  ])('%j: line and column', (broken, where, detail) => {
    const problem = parseJson(broken, 'f.json');
    expect(problem).toMatchObject({ problem: true, where });
    expect(isSourceProblem(problem) && problem.detail).toContain(detail);
  });
});
