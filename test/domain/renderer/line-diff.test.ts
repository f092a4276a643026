import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from '../../../renderer/kit/line-diff.ts';
import type { DiffRow } from '../../../renderer/kit/diff-row.ts';

const textOf = (row: DiffRow): string =>
  row.kind === 'gap' ? '' : row.kind === 'same' ? row.text : row.parts.map(({ text }) => text).join('');

/** What the rows say stood there before, or stands there after. */
const side = (rows: readonly DiffRow[], kind: 'added' | 'removed'): string =>
  rows
    .filter((row) => row.kind === 'same' || row.kind === kind)
    .map(textOf)
    .join('\n');

const line = fc.constantFrom('a', 'b', 'GRUB_TIMEOUT=0', '', 'quiet splash', 'quiet');
const file = fc.array(line, { maxLength: 30 }).map((lines) => lines.join('\n'));

test('without folding, the rows hold both files whole, in order and rightly numbered', () => {
  fc.assert(
    fc.property(file, file, (before, after) => {
      const rows = lineDiff(before, after, Infinity);
      expect(side(rows, 'removed')).toBe(before.replace(/\n$/, ''));
      expect(side(rows, 'added')).toBe(after.replace(/\n$/, ''));
      const numbers = rows.flatMap((row) => ('after' in row ? [row.after] : []));
      expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    }),
  );
});

test('without folding, a file that does not change is shown whole', () => {
  fc.assert(
    fc.property(file, (text) => {
      expect(side(lineDiff(text, text, Infinity), 'added')).toBe(text.replace(/\n$/, ''));
    }),
    { examples: [['a\nb\na']] },
  );
});

test('what is folded is exactly what is far from a change', () => {
  const lines = Array.from({ length: 40 }, (_, at) => `line ${at}`);
  const rows = lineDiff(lines.join('\n'), lines.map((text, at) => (at === 20 ? 'changed' : text)).join('\n'), 3);
  expect(rows.map((row) => (row.kind === 'gap' ? `gap ${row.lines}` : `${row.kind} ${textOf(row)}`))).toEqual([
    'gap 17',
    'same line 17',
    'same line 18',
    'same line 19',
    'removed line 20',
    'added changed',
    'same line 21',
    'same line 22',
    'same line 23',
    'gap 16',
  ]);
});

test('the words that went are marked, the line around them is not', () => {
  const rows = lineDiff('X="quiet splash amd_iommu=on iommu=pt"\n', 'X="quiet splash"\n');
  const removed = rows.find((row) => row.kind === 'removed');
  expect(removed?.parts).toEqual([
    { text: 'X="quiet splash', changed: false },
    { text: ' amd_iommu=on iommu=pt', changed: true },
    { text: '"', changed: false },
  ]);
});

test('a new file is added whole', () => {
  expect(lineDiff(null, 'one\ntwo\n').map((row) => `${row.kind} ${textOf(row)}`)).toEqual(['added one', 'added two']);
});

test('lines after the last one are added, and the last one stays as it is', () => {
  expect(lineDiff('a\nb\n', 'a\nb\nc\nd\n').map(({ kind }) => kind)).toEqual(['same', 'same', 'added', 'added']);
  expect(lineDiff('a\nb\nc\n', 'a\n').map(({ kind }) => kind)).toEqual(['same', 'removed', 'removed']);
});
