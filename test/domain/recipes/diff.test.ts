import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines, diffText } from '../../../main/recipes/diff.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { artefactOf, planOf } from './recipe-of.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));

test('Both texts can be read off a diff, lines are numbered without gaps, and nothing is marked that need not be', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const side = (sign: '-' | '+') => lines.filter((line) => line.sign === ' ' || line.sign === sign);
      expect(
        side('-')
          .map((line) => `${line.text}\n`)
          .join(''),
      ).toBe(before);
      expect(
        side('+')
          .map((line) => `${line.text}\n`)
          .join(''),
      ).toBe(after);
      expect(side('-').map((line) => line.before)).toEqual(side('-').map((_line, index) => index + 1));
      expect(side('+').map((line) => line.after)).toEqual(side('+').map((_line, index) => index + 1));
      if (before === after) expect(lines.every(({ sign }) => sign === ' ')).toBe(true);
    }),
  );
});

test('It keeps as many lines as can be kept', () => {
  expect(diffLines('a\nb\nc\nd\n', 'b\nx\nd\n').map(({ sign, text: line }) => sign + line)).toEqual([
    '-a',
    ' b',
    '-c',
    '+x',
    ' d',
  ]);
});

test('Texts beyond the table are shown as replaced, not compared for ever', () => {
  const long = (word: string) => Array.from({ length: 3000 }, (_none, index) => `${word}${index}`).join('\n');
  const lines = diffLines(`same\n${long('a')}`, `same\n${long('b')}`);
  expect(lines).toHaveLength(6001);
  expect(lines[0]?.sign).toBe(' ');
});

test('On a terminal a new file is all plus, and control characters are made visible', () => {
  const artefact = artefactOf(renderRecipe(planOf(), ['modprobe']), 'modprobe');
  expect(diffText(artefact)).toMatch(/^--- \/dev\/null\n\+\+\+ \/etc\/modprobe\.d\/slotwise\.conf\n(\+.*\n)+$/);
  expect(diffText({ ...artefact, before: 'x\u001b[2Jy\n' })).toContain('-x\\x1b[2Jy');
});
