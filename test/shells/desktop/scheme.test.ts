import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPages, type Page } from '../../../main/shells/pages.ts';
import { isOurPage, pageAt } from '../../../main/shells/desktop/scheme.ts';

vi.mock('electron', () => ({ protocol: {} }));

let folder: string;
let pages: ReadonlyMap<string, Page>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slotwise-pages-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets/index.js'), '');
  symlinkSync('/etc/hostname', join(folder, 'assets/link.js'));
  pages = loadPages(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('18 The page at an address', () => {
  test.each([
    ['slotwise://app', 'text/html; charset=utf-8'],
    ['slotwise://app/', 'text/html; charset=utf-8'],
    ['slotwise://app/?x=1#/groups', 'text/html; charset=utf-8'],
    ['slotwise://app/assets/index.js', 'text/javascript; charset=utf-8'],
  ])('%s is there', (address, type) => {
    expect(pageAt(pages, address)?.type).toBe(type);
  });

  test.each([
    'slotwise://app/../etc/passwd',
    'slotwise://app/%2e%2e/%2e%2e/etc/passwd',
    'slotwise://app/..%2f..%2fetc/passwd',
    'slotwise://app//etc/passwd',
    'slotwise://app/\\..\\..\\etc\\passwd',
    'slotwise://app/assets/..\\index.html',
    'slotwise://app/index.html%00.js',
    'slotwise://app/assets%2findex.js',
    'slotwise://app/assets/',
    'slotwise://app/assets/link.js',
    'slotwise://evil/',
    'slotwise://app.evil/',
    'slotwise://app@evil/',
    'https://app/',
    'file:///etc/passwd',
    'app',
    '',
  ])('%s is nowhere', (address) => {
    expect(pageAt(pages, address)).toBeNull();
  });
});

test('13 An address is ours by its parsed scheme and host', () => {
  expect(['slotwise://app/', 'slotwise://app/x#y'].map(isOurPage)).toEqual([true, true]);
  const strange = ['slotwise://evil/', 'slotwise://app.evil/', 'slotwise://app@evil/', 'slotwise:app', 'https://app/'];
  expect([...strange, 'javascript:void 0', 'file:///etc/passwd', 'about:blank', ''].filter(isOurPage)).toEqual([]);
});
