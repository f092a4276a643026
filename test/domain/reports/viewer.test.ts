import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findInText, hitFrom, mostHits } from '../../../renderer/reports/find-in-text.ts';
import { offsetOf } from '../../../renderer/reports/outline.ts';
import { piecesOf } from '../../../renderer/reports/row-pieces.ts';
import { rowAt, rowsOf, rowText } from '../../../renderer/reports/text-rows.ts';
import { resources } from '../../hosts/collected.ts';

const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'uuid-1', 'uuid-12', ' ', '\n', '"', '\\'), maxLength: 60 });
const widths = fc.integer({ min: 1, max: 12 });

describe('rows', () => {
  test('hold the whole text in order, none wider than asked', () => {
    fc.assert(
      fc.property(texts, widths, (text, columns) => {
        const rows = rowsOf(text, columns);
        let again = '';
        for (let row = 0; row < rows.count; row++) {
          const shown = rowText(text, rows, row);
          expect(shown.length).toBeLessThanOrEqual(columns);
          expect(shown).not.toContain('\n');
          again += text.slice(rows.starts[row], rows.starts[row + 1]);
          const before = text.slice(0, rows.starts[row]);
          expect(rows.lines[row]).toBe(before.split('\n').length);
        }
        expect(again).toBe(text);
      }),
    );
  });

  test('an offset leads to the row that holds it', () => {
    fc.assert(
      fc.property(texts, widths, fc.nat(80), (text, columns, offset) => {
        const rows = rowsOf(text, columns);
        fc.pre(offset < text.length);
        const row = rowAt(rows, offset);
        expect(rows.starts[row]).toBeLessThanOrEqual(offset);
        expect(rows.starts[row + 1]).toBeGreaterThan(offset);
      }),
    );
  });
});

describe('a search', () => {
  test('finds what stands there, whatever it is made of', () => {
    fc.assert(
      fc.property(
        texts,
        fc.string({ unit: fc.constantFrom('.', '(', '*', '\\', 'a', ' '), maxLength: 3 }),
        (text, typed) => {
          const hits = findInText(`${text}${typed}`, typed);
          if (typed === '') expect(hits).toEqual([]);
          else expect(hits.length).toBeGreaterThan(0);
          for (const hit of hits) expect(`${text}${typed}`.slice(hit, hit + typed.length)).toBe(typed);
        },
      ),
    );
  });

  test('takes a name for a whole one, and ends where nobody would go on', () => {
    expect(findInText('uuid-1 uuid-12 UUID-1', 'uuid-1')).toEqual([0, 15]);
    expect(findInText('x'.repeat(mostHits + 5), 'x')).toHaveLength(mostHits);
    expect([hitFrom([3, 9], 4), hitFrom([3, 9], 10), hitFrom([], 0)]).toEqual([1, 0, -1]);
  });
});

test('pieces are the row, each hit and name marked once', () => {
  fc.assert(
    fc.property(texts, widths, fc.constantFrom('a', 'uuid-1', 'b '), (text, columns, typed) => {
      const rows = rowsOf(text, columns);
      const hits = findInText(text, typed);
      let marked = 0;
      for (let row = 0; row < rows.count; row++) {
        const shown = rowText(text, rows, row);
        const pieces = piecesOf(shown, rows.starts[row] ?? 0, {
          hits,
          length: typed.length,
          here: 0,
          names: new Set(['uuid-12']),
        });
        expect(pieces.map((piece) => piece.text).join('')).toBe(shown);
        for (const { look, text: name } of pieces) if (look === 'name') expect(name).toBe('uuid-12');
        for (const { look, text: part } of pieces) if (look === 'hit' || look === 'here') marked += part.length;
      }
      // A hit may run over the end of a row, and a line feed in it is drawn by no row.
      const overlapping = hits.some((hit, at) => at > 0 && hit < (hits[at - 1] ?? 0) + typed.length);
      if (!overlapping) expect(marked).toBe(hits.length * typed.length);
    }),
  );
});

test('a part of the report is found where it stands, and not where its name stands too', () => {
  const sample = JSON.parse(readFileSync(join(resources, 'samples/intel-desktop.slotwise.json'), 'utf8')) as object;
  const text = JSON.stringify(sample, null, 1);
  for (const path of [['functions'], ['groups'], ['firmware', 'tables'], ['kernel', 'log']]) {
    const at = offsetOf(text, path);
    expect(at, path.join('.')).not.toBeNull();
    const line = text.slice(at ?? 0).split('\n')[0] ?? '';
    expect(line).toMatch(new RegExp(`^ {${path.length + 1}}"${path.at(-1)}":`));
  }
  expect(offsetOf(text, ['no-such-part'])).toBeNull();
});
