import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSaved } from '../../../main/linux/read-saved.ts';
import { saveFile } from '../../../main/linux/save-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slotwise-save-'));
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

test('a file is its user’s alone, and a second one never takes its place', async () => {
  const first = await saveFile(join(folder, 'reports'), 'mine.slotwise.json', 'one');
  const second = await saveFile(join(folder, 'reports'), 'mine.slotwise.json', 'two');
  expect([first, second]).toEqual([
    { file: join(folder, 'reports/mine.slotwise.json') },
    { file: join(folder, 'reports/mine-2.slotwise.json') },
  ]);
  expect(readFileSync(join(folder, 'reports/mine.slotwise.json'), 'utf8')).toBe('one');
  expect(statSync(join(folder, 'reports/mine-2.slotwise.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'reports')).sort()).toEqual(['mine-2.slotwise.json', 'mine.slotwise.json']);
});

test('a folder that cannot be is a problem by code, and leaves nothing behind', async () => {
  writeFileSync(join(folder, 'file'), '');
  expect(await saveFile(join(folder, 'file'), 'a.json', '')).toEqual({
    problem: 'folder-not-writable',
    where: join(folder, 'file'),
  });
  expect(readdirSync(folder)).toEqual(['file']);
});

test('what was saved is read again; what is gone, no file or outside is null', async () => {
  writeFileSync(join(folder, 'here'), 'text');
  expect(await readSaved(folder, ['here', 'gone', '.', '../../etc/passwd'])).toEqual(['text', null, null, null]);
  expect(await readSaved(join(folder, 'no-such-folder'), ['here'])).toEqual([null]);
});
