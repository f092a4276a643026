import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { slotwise } from './run.ts';

const shelf = mkdtempSync(join(tmpdir(), 'slotwise-kept-'));
afterAll(() => rmSync(shelf, { recursive: true, force: true }));
const sample = 'sample:intel-desktop';
const plan = join(shelf, 'plan.json');

test('A second recipe in the same folder keeps the way back of the first', () => {
  expect(slotwise(['plan', '--give', '01:00.0', '--machine', sample, '-o', plan]).code).toBe(0);
  const folder = join(shelf, 'out');
  const undo = join(folder, 'undo.sh');
  expect(slotwise(['recipe', '--plan', plan, '--for', 'grub,modprobe', '-o', folder]).code).toBe(0);
  const first = readFileSync(undo, 'utf8');
  const again = slotwise(['recipe', '--plan', plan, '--for', 'libvirt', '-o', folder]);
  expect(again.out).toContain('undo-earlier.sh');
  expect(readFileSync(join(folder, 'undo-earlier.sh'), 'utf8')).toBe(first);
  expect(readFileSync(undo, 'utf8')).not.toBe(first);
  // The same once more changes nothing, so that nothing has to be kept.
  const before = readdirSync(folder).sort();
  expect(slotwise(['recipe', '--plan', plan, '--for', 'libvirt', '-o', folder]).code).toBe(0);
  expect(readdirSync(folder).sort()).toEqual(before);
});

test.each([
  ['report', ['report']],
  ['plan', ['plan', '--give', '00:02.0']],
])('%s is not written over the file that it reads', (_, command) => {
  const file = join(shelf, 'machine.txt');
  const text = '00:02.0 VGA compatible controller: Intel Corporation UHD Graphics 770\n\tFlags: fast devsel\n';
  writeFileSync(file, text);
  const ran = slotwise([...command, '--machine', file, '-o', join(shelf, '.', 'machine.txt')]);
  expect([ran.code, ran.out]).toEqual([2, '']);
  expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test.each([
  [['groups', '--move', '--json', '--machine', sample]],
  [['groups', '--machine', sample, '--machine', sample]],
  [['groups', '--move', '01:00.0=00:1c.0', '--move', '02:00.0=00:01.0', '--machine', sample]],
])('%j is wrong use, in one line', (args) => {
  const ran = slotwise(args);
  expect([ran.code, ran.out]).toEqual([2, '']);
  expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
});
