import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../main/machine/address.ts';
import { recordScenario } from '../../main/remapping/scenarios/run-scenario.ts';
import { decisionCodes, decisionRow } from '../../main/remapping/trace-codes.ts';
import { fault } from '../../main/remapping/vtd/fault-reasons.ts';
import { fieldMeaning, fieldName } from '../../main/words/remapping-fields.ts';
import { durationText, faultReasons, groupHex, pageSizeText, stepWords } from '../../main/words/remapping.ts';

const device = parseAddress('0000:01:00.0');
if (device === null) throw new Error('address');
const trace = recordScenario('first-story', { device, ports: [{ address: device, sourceValidation: 'unknown' }] });

describe('words of the trace', () => {
  for (const code of decisionCodes)
    test(`${code} has a sentence and a term`, () => {
      const words = stepWords({ decision: code, values: { line: 'x' } });
      expect(words.plain.length).toBeGreaterThan(0);
      expect(words.term).toMatch(/\.$/);
      if (!code.endsWith('kernel-logs')) expect(words.plain).not.toMatch(/[.]$/);
      if (decisionRow(code).flow === 'stops' && code !== 'queue-stopped') expect(words.plain).toMatch(/ends here$/);
    });

  test('nothing in the story is left unsaid', () => {
    for (const step of trace.steps) {
      const { plain, term } = stepWords(step);
      for (const text of [plain, term]) expect(text).not.toMatch(/undefined|NaN|null| {2}|\(\)/);
      for (const field of step.read?.fields ?? [])
        expect(`${fieldName(field)} ${fieldMeaning(field)}`).not.toMatch(/undefined|NaN/);
    }
  });

  test('every fault reason has a line', () => {
    for (const reason of Object.values(fault))
      if (reason !== 0) expect(faultReasons[`0x${reason.toString(16)}`]).toMatch(/\.$/);
  });

  test('numbers are written as people read them', () => {
    expect(groupHex('0x14a723040')).toBe('0x1_4a72_3040');
    expect(groupHex('0x0')).toBe('0x0');
    expect([4096, 2097152, 1073741824].map(pageSizeText)).toEqual(['4 KiB', '2 MiB', '1 GiB']);
    expect([514, 30912, 1204000].map(durationText)).toEqual(['514 ns', '30.912 µs', '1.204 ms']);
  });
});
