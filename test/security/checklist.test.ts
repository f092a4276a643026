import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkout } from '../stories/electron.ts';
import { checklist } from './checklist.ts';

const numbered = (letter: string, last: number): string[] =>
  Array.from({ length: last }, (_, at) => `${letter}${at + 1}`);
/** Rows that share one test share one entry. */
const rowOf = (name: string): string =>
  Object.keys(checklist).find((key) => {
    const [first, last] = key.split('-').map(Number);
    return last !== undefined && Number(name) >= (first ?? 0) && Number(name) <= last;
  }) ?? name;

const text = (file: string): string => readFileSync(join(checkout, file), 'utf8');
/** Titles stand in quotes right behind what declares a test, a group or a row of a table of tests. */
const declares = (source: string, title: string): boolean =>
  ["'", '`', '"'].some((quote) => source.includes(`${quote}${title}`));

test('The list has every row, and no other', () => {
  const rows = [...numbered('', 20), ...numbered('N', 10), ...numbered('Q', 6)].map(rowOf);
  expect(Object.keys(checklist).sort()).toEqual([...new Set(rows)].sort());
});

describe('Every row has a test that is there, or says why it has none', () => {
  test.each(Object.entries(checklist))('%s', (_name, row) => {
    if ('open' in row) {
      expect(row.open.length).toBeGreaterThan(20);
      return;
    }
    expect(row.held.filter(({ file, title }) => !declares(text(file), title))).toEqual([]);
  });
});

test('Every test that is named by a row is in that row', () => {
  const files = readdirSync(join(checkout, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(?:security|packaging|shells|stories)\/.*\.(?:test|spec)\.ts$/.test(file))
    .map((file) => `test/${file}`);
  const named = files.flatMap((file) =>
    [...text(file).matchAll(/^\s*(?:test|describe)\S*\(\s*['`"](\d{1,2}(?:-\d{1,2})?|[NQ]\d{1,2}) (.*)/gm)].map(
      ([, row = '', title = '']) => ({ file, row, title }),
    ),
  );
  expect(named.length).toBeGreaterThan(30);
  const strays = named.filter(({ file, row }) => {
    const entry = checklist[row];
    return entry === undefined || !('held' in entry) || !entry.held.some((one) => one.file === file);
  });
  expect(strays).toEqual([]);
});

test('15 No link leads outside, and nothing opens one', () => {
  const sources = ['main', 'renderer'].flatMap((folder) =>
    readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:ts|svelte|html)$/.test(file))
      .map((file) => `${folder}/${file}`),
  );
  expect(sources.length).toBeGreaterThan(200);
  const outside = /\bshell\b[^;]*from 'electron'|openExternal|(?:href|src|action)=(?:"|'|\{`)(?:https?:)?\/\//;
  expect(sources.filter((file) => outside.test(text(file)))).toEqual([]);
});
