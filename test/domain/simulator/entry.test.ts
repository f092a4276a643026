import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryWords } from '../../../renderer/simulator/entry-words.ts';
import { digitGroups, textRuns } from '../../../renderer/simulator/hex-text.ts';
import { decisionRow } from '../../../main/remapping/trace-codes.ts';
import { story } from './story.ts';

test('every field of every entry is drawn with its own bits', () => {
  const reads = story.steps.flatMap(({ read }) => read ?? []);
  expect(reads.length).toBeGreaterThan(8);
  for (const read of reads) {
    const words = entryWords(read, false);
    for (const field of read.fields) {
      const value = words.reduce((sum, { value: word, base, fields }) => {
        const part = fields.find(
          ({ label, high, low }) => label === field.name && high + base <= field.high && low + base >= field.low,
        );
        if (part === undefined) return sum;
        const bits = (word >> BigInt(part.low)) & ((1n << BigInt(part.high - part.low + 1)) - 1n);
        return sum | (bits << BigInt(part.low + base - field.low));
      }, 0n);
      expect([field.name, value]).toEqual([field.name, BigInt(field.value)]);
    }
  }
});

test('what stopped the request is in the colour of a fault, and nothing else is', () => {
  for (const step of story.steps) {
    if (step.read === null) continue;
    const stops = decisionRow(step.decision).flow === 'stops';
    const red = entryWords(step.read, stops).flatMap(({ fields }) =>
      fields.filter(({ concept }) => concept === 'fault'),
    );
    expect(new Set(red.map(({ label }) => label))).toEqual(
      new Set(stops ? step.read.fields.filter(({ decisive }) => decisive).map(({ name }) => name) : []),
    );
  }
});

test('the digits of an entry are all its bits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (value) => {
      const groups = digitGroups(`0x${value.toString(16)}`, 128);
      expect(groups).toHaveLength(8);
      expect(BigInt(`0x${groups.join('')}`)).toBe(value);
    }),
  );
});

test('a sentence keeps its words; addresses in it are set apart and lose only domain 0000', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(
        textRuns(text)
          .map((run) => run.text)
          .join(''),
      ).toBe(text.replace(/\b0000:(?=[0-9a-f]{2}:[01][0-9a-f]\.[0-7]\b)/gi, ''));
    }),
  );
  expect(
    textRuns('Port 0000:00:01.0 sends it to 0x1_4a72')
      .filter(({ mono }) => mono)
      .map(({ text }) => text),
  ).toEqual(['00:01.0', '0x1_4a72']);
  expect(textRuns('port 10000:e1:00.0').at(-1)).toEqual({ text: '10000:e1:00.0', mono: true });
});
