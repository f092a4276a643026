import { expect, test } from 'vitest';
import { readSource, sourceFiles } from './source-files.ts';

const files = [...sourceFiles('main'), ...sourceFiles('renderer')];
const lines = (file: string): number => readSource(file).split('\n').length;

/** Files above 500 lines hold data and say here what. */
const data: Readonly<Record<string, string>> = {};

test('files are small: the middle one has at most 90 lines, nine in ten at most 250, none but data over 500', () => {
  const sizes = files.map(lines).sort((a, b) => a - b);
  expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(90);
  expect(sizes[Math.floor(sizes.length * 0.9)]).toBeLessThanOrEqual(250);
  expect(files.filter((file) => lines(file) > 500 && !(file in data))).toEqual([]);
});

test('files and folders are named by what they hold', () => {
  const vague = /(^|\/)(utils?|helpers?|common|managers?|misc|shared|index)(\/|\.[a-z.]+$)/i;
  expect(files.filter((file) => vague.test(file))).toEqual([]);
});

test('no barrels: nothing is exported from another file', () => {
  const barrels = files.filter((file) => /(^|\n)\s*export\s+(type\s+)?(\*|\{[^}]*\})\s+from\s/.test(readSource(file)));
  expect(barrels).toEqual([]);
});

test('no code is commented out, and no note is left for later', () => {
  const left = files.flatMap((file) =>
    readSource(file)
      .split('\n')
      .flatMap((line, at) =>
        /^\s*\/\/\s*(const|let|if|for|return|import|export|await|\}|\w+\(.*\);).*[;{}]\s*$/.test(line) ||
        /\b(TODO|FIXME|XXX|HACK)\b/.test(line)
          ? [`${file}:${at + 1} ${line.trim()}`]
          : [],
      ),
  );
  expect(left).toEqual([]);
});

test('no path of a developer’s machine and no registry host stands in the project', () => {
  const strange = [...files, ...sourceFiles('test')].filter(
    (file) =>
      file !== 'test/house/files.test.ts' && /\/work\/|registry\.npmjs|pypi\.org|deb\.debian/.test(readSource(file)),
  );
  expect(strange).toEqual([]);
});
