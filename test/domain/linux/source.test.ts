import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPath } from '../../../main/linux/source.ts';
import { captureFile, captureNames } from '../../hosts/captures.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureTree } from '../../hosts/tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'slotwise-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const now = '2026-01-01T00:00:00.000Z';

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('what a file is, by what is in it', () => {
  test.each<[string, string, string]>([
    ['dump.txt', '00:00.0 Host bridge: Intel\n', 'text'],
    ['log.txt', '[    0.000000] Linux version 6.1\n', 'text'],
    ['m.slotwise.json', '{ "format": 1 }', 'json'],
    ['named-otherwise', '  {"format": 1}', 'json'],
  ])('%s', async (name, content, kind) => {
    expect(await openPath(file(name, content), now)).toMatchObject({ kind });
  });

  test('text as Windows saves it', async () => {
    const path = file('utf16.txt', Buffer.from('\ufeff00:00.0 Host bridge\n', 'utf16le'));
    expect(await openPath(path, now)).toMatchObject({ kind: 'text', text: '00:00.0 Host bridge\n' });
    const bigEndian = file('utf16be.txt', Buffer.from('\ufeff00:00.0 Host bridge\n', 'utf16le').swap16());
    expect(await openPath(bigEndian, now)).toMatchObject({ kind: 'text', text: '00:00.0 Host bridge\n' });
    const unmarked = file('unmarked.txt', Buffer.from('00:00.0 Host bridge\n', 'utf16le'));
    expect(await openPath(unmarked, now)).toMatchObject({ kind: 'text', text: '00:00.0 Host bridge\n' });
  });

  test('a recording of a terminal, with bells and backspaces', async () => {
    const text = '\u001b]0;user@host\u0007$ lspci\b\b\n00:00.0 Host bridge: Intel\n';
    expect(await openPath(file('typescript', text), now)).toMatchObject({ kind: 'text', text });
  });

  test('bytes named .json: the offset of the first that no text has', async () => {
    const path = file('binary.json', Buffer.concat([Buffer.from('{"a": '), Buffer.from([0]), randomBytes(4000)]));
    expect(await openPath(path, now)).toMatchObject({ code: 'source-not-understood', where: `${path}, offset 6` });
  });

  test('broken JSON: the line', async () => {
    const path = file('broken.json', '{\n "a": 1,\n "b" 2\n}\n');
    expect(await openPath(path, now)).toMatchObject({ code: 'source-not-understood', where: `${path}, line 3` });
  });

  test('2 GB of text are refused by their size, unread', async () => {
    const path = file('big.txt', '00:00.0 Host bridge\n');
    truncateSync(path, 2 ** 31);
    expect(await openPath(path, now)).toMatchObject({ code: 'source-too-large' });
  });

  test('nothing there, an empty file, another kind of archive, a pipe', async () => {
    expect(await openPath(join(folder, 'absent'), now)).toMatchObject({ code: 'source-missing' });
    expect(await openPath(file('empty.txt', ''), now)).toMatchObject({ code: 'source-not-understood' });
    const zip = file('a.zip', Buffer.from('PK\x03\x04rest'));
    expect(await openPath(zip, now)).toMatchObject({
      code: 'source-not-understood',
      detail: expect.stringContaining('zip') as string,
    });
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await openPath(pipe, now)).toMatchObject({ code: 'source-not-understood' });
  });

  test('a closed file is not permitted, but for root, who reads every file', async () => {
    const path = file('closed.txt', 'x');
    execFileSync('chmod', ['000', path]);
    const opened = await openPath(path, now);
    if (process.getuid?.() === 0) expect(opened).toMatchObject({ kind: 'text' });
    else expect(opened).toMatchObject({ code: 'source-not-permitted' });
  });
});

describe.skipIf(!captureNames.includes('vtd-rich-k61'))('a captured folder', () => {
  const captured = join(folder, 'captured', 'host');
  beforeAll(() => {
    mkdirSync(captured, { recursive: true });
    execFileSync('tar', ['xzf', captureFile('vtd-rich-k61'), '-C', captured]);
  });

  const machineIn = async (path: string) => {
    const content = await openPath(path, now);
    if (!('kind' in content) || content.kind !== 'files') throw new Error(JSON.stringify(content));
    return machineOf(content.tree);
  };

  test('gives the machine that the archive gives', async () => {
    expect(await machineIn(captured)).toEqual(machineOf(captureTree('vtd-rich-k61')));
  });

  test('is found inside one folder around it', async () => {
    expect((await machineIn(join(captured, '..'))).functions.length).toBe(55);
  });

  test('is not left by its links', async () => {
    const secret = file('secret', 'options a b=1\n');
    mkdirSync(join(captured, 'etc/modprobe.d'), { recursive: true });
    symlinkSync(secret, join(captured, 'etc/modprobe.d/a.conf'));
    writeFileSync(join(captured, 'etc/modprobe.d/b.conf'), 'options c d=1\n');
    symlinkSync('b.conf', join(captured, 'etc/modprobe.d/c.conf'));
    const { configFiles } = await machineIn(captured);
    expect(configFiles.map(({ path }) => path)).toEqual(['/etc/modprobe.d/b.conf', '/etc/modprobe.d/c.conf']);
    expect(readFileSync(secret, 'utf8')).toBe('options a b=1\n');
  });

  test('does not wait for a pipe in it', async () => {
    rmSync(join(captured, 'proc/cpuinfo'));
    execFileSync('mkfifo', [join(captured, 'proc/cpuinfo')]);
    expect((await machineIn(captured)).cpu.model.known).toBe(false);
  });

  test('a folder of anything else is no machine', async () => {
    const other = join(folder, 'other');
    mkdirSync(join(other, 'x'), { recursive: true });
    expect(await openPath(other, now)).toMatchObject({ code: 'source-not-understood' });
  });
});
