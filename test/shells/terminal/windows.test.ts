import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inventory } from '../../hosts/windows-inventory.ts';
import { inProcess } from './in-process.ts';

const shelf = mkdtempSync(join(tmpdir(), 'slotwise-windows-'));
afterAll(() => rmSync(shelf, { recursive: true, force: true }));

const file = (name: string, bytes: string | Buffer): string => {
  const path = join(shelf, name);
  writeFileSync(path, bytes);
  return path;
};
const text = JSON.stringify(inventory());

describe('a Windows machine', () => {
  test('its collector is printed with --windows, the POSIX one without', async () => {
    const windows = await inProcess('collect', '--windows');
    expect(windows.code).toBe(0);
    expect(windows.out).toMatch(/^# Slotwise collector for Windows\./);
    expect((await inProcess('collect')).out).toMatch(/^#!\/bin\/sh/);
  });

  test.each([
    ['as ASCII', Buffer.from(text)],
    ['as `>` of Windows PowerShell 5.1 saves it', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ])('is read %s', async (title, bytes) => {
    const path = file(`${title.replace(/\W+/g, '-')}.json`, bytes);
    const scan = await inProcess('scan', '--machine', path);
    expect([scan.code, scan.err]).toEqual([0, '']);
    expect(scan.out).toContain('ROG STRIX Z390-E GAMING');
    const groups = await inProcess('groups', '--machine', path, '--json');
    const { source, groups: made } = JSON.parse(groups.out) as { source: string; groups: { devices: string[] }[] };
    expect(source).toBe('predicted');
    expect(made.map(({ devices }) => devices)).toContainEqual(['0000:01:00.0', '0000:01:00.1']);
    const plan = await inProcess('plan', '--machine', path, '--give', '02:00.0');
    expect(plan.code).toBe(1);
    expect(plan.out).toContain('EFI system partition and C:\\, which the host runs from');
  });

  test('a later version of the inventory ends with 3 and its place', async () => {
    const scan = await inProcess(
      'scan',
      '--machine',
      file('later.json', JSON.stringify(inventory({}, { version: 2 }))),
    );
    expect(scan.code).toBe(3);
    expect(scan.err).toMatch(/later\.json, version: [^\n]+expected version 1, found 2\)\n$/);
  });
});
