import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { afterAll, describe, expect, test } from 'vitest';
import { placeOf } from '../../../main/linux/archive.ts';
import { openPath } from '../../../main/linux/source.ts';
import { captureFile, captureNames } from '../../hosts/captures.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureTree } from '../../hosts/tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'slotwise-archive-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const now = '2026-01-01T00:00:00.000Z';

/** A .tar.gz with these entries. */
async function archive(
  name: string,
  entries: readonly (Partial<Header> & { name: string; content?: string | Buffer })[],
): Promise<string> {
  const tar = pack();
  for (const { content = '', ...header } of entries) tar.entry(header, content);
  tar.finalize();
  const parts: Buffer[] = [];
  for await (const part of tar) parts.push(part as Buffer);
  const file = join(folder, name);
  writeFileSync(file, gzipSync(Buffer.concat(parts)));
  return file;
}

async function treeIn(file: string) {
  const content = await openPath(file, now);
  if (!('kind' in content) || content.kind !== 'files') throw new Error(JSON.stringify(content));
  return content.tree;
}

const withSysfs = ['vtd-rich-k61', 'vtd-q10-k612', 'amdvi-rich-off-k61'].filter((name) => captureNames.includes(name));

describe.skipIf(withSysfs.length === 0)('captures', () => {
  test.each(withSysfs)('%s gives the machine that its entries, read by another reader, give', async (name) => {
    const content = await openPath(captureFile(name), now);
    if (!('kind' in content) || content.kind !== 'files') throw new Error(JSON.stringify(content));
    expect(content.from).toMatchObject({ kind: 'archive', name: `${name}.tar.gz`, readAt: now });
    expect(machineOf(content.tree)).toEqual(machineOf(captureTree(name)));
  });

  test('an unpacked .tar is read as well', async () => {
    const file = join(folder, 'whole.tar');
    writeFileSync(file, gunzipSync(readFileSync(captureFile('vtd-rich-k61'))));
    expect(machineOf(await treeIn(file)).functions.length).toBe(55);
  });

  test.each([1000, 100_000, 300_000])('cut after %i bytes: said, not guessed', async (length) => {
    const file = join(folder, `cut-${length}.tar.gz`);
    writeFileSync(file, readFileSync(captureFile('vtd-rich-k61')));
    truncateSync(file, length);
    expect(await openPath(file, now)).toMatchObject({ problem: true, code: 'source-truncated', where: file });
  });

  test('an unpacked one cut between two entries is cut all the same', async () => {
    const file = join(folder, 'cut.tar');
    writeFileSync(file, gunzipSync(readFileSync(captureFile('vtd-rich-k61'))).subarray(0, 512 * 2048));
    expect(await openPath(file, now)).toMatchObject({ code: 'source-truncated' });
  });

  test.skipIf(!captureNames.includes('passthrough-neg-off'))('an archive of logs is no machine', async () => {
    expect(await openPath(captureFile('passthrough-neg-off'), now)).toMatchObject({ code: 'source-not-understood' });
  });
});

describe('archives that mean no good', () => {
  test('a bomb of zeros ends long before it is unpacked', async () => {
    const file = join(folder, 'zeros.tar.gz');
    writeFileSync(file, gzipSync(Buffer.alloc(64 << 20), { level: 9 }));
    const before = process.memoryUsage().rss;
    expect(await openPath(file, now)).toMatchObject({ code: 'source-too-large' });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20);
  });

  test('one entry that announces more than an archive may hold is not waited for', async () => {
    const header = Buffer.alloc(512);
    header.write('sys/class/net/eth0/operstate', 0);
    header.write('0000644\0', 100);
    header.write('77777777777\0', 124);
    header.write('0', 156);
    header.write('ustar\x0000', 257);
    header.write('        ', 148);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const file = join(folder, 'huge.tar.gz');
    writeFileSync(file, gzipSync(Buffer.concat([header, Buffer.alloc(4096)])));
    expect(await openPath(file, now)).toMatchObject({ code: 'source-too-large' });
  });

  test('paths that climb out, devices and pipes are passed over; links stay text', async () => {
    const file = await archive('slip.tar.gz', [
      { name: '../../etc/passwd', content: 'x' },
      { name: 'sys/../../etc/shadow', content: 'x' },
      { name: 'sys/bus/pci/devices/0000:00:00.0/vendor', content: '0x8086\n' },
      { name: 'sys/bus/pci/devices/0000:00:01.0', type: 'symlink', linkname: '../../../../../../../../etc' },
      { name: 'sys/class/block/sda', type: 'block-device', devmajor: 8, devminor: 0 },
      { name: 'proc/kmsg', type: 'fifo' },
    ]);
    const tree = await treeIn(file);
    expect(tree.list('etc')).toEqual([]);
    expect(tree.bytes('etc/passwd')).toBeNull();
    expect(tree.link('sys/bus/pci/devices/0000:00:01.0')).toBe('../../../../../../../../etc');
    expect(tree.list('sys/class')).toEqual([]);
  });

  test('a file larger than any of its kind is left out and said', async () => {
    const file = await archive('large.tar.gz', [
      { name: 'sys/bus/pci/devices/0000:00:00.0/vendor', content: '0x8086\n' },
      { name: 'sys/bus/pci/devices/0000:00:00.0/config', content: Buffer.alloc(70_000, 'abcdefg') },
      { name: 'proc/version', content: 'Linux version 6.1.0' },
    ]);
    expect(machineOf(await treeIn(file)).troubles).toEqual([
      { where: '/sys/bus/pci/devices/0000:00:00.0/config', code: 'file-too-large' },
    ]);
  });

  test('what reading would have changed on the machine, or names its owner, is not kept', async () => {
    const file = await archive('rom.tar.gz', [
      { name: 'sys/bus/pci/devices/0000:00:00.0/vendor', content: '0x8086\n' },
      { name: 'sys/bus/pci/devices/0000:00:00.0/rom', content: 'x' },
      { name: 'sys/class/dmi/id/board_serial', content: 'x' },
      { name: 'etc/shadow', content: 'x' },
    ]);
    const tree = await treeIn(file);
    for (const path of ['sys/bus/pci/devices/0000:00:00.0/rom', 'sys/class/dmi/id/board_serial', 'etc/shadow']) {
      expect(tree.bytes(path)).toBeNull();
    }
  });
});

describe('the folder around', () => {
  const device = 'sys/bus/pci/devices/0000:00:00.0/vendor';

  test('one is looked through', async () => {
    const file = await archive('around.tar.gz', [{ name: `./my-host/${device}`, content: '0x8086\n' }]);
    expect((await treeIn(file)).bytes(device)).not.toBeNull();
  });

  test('two machines are too many', async () => {
    const file = await archive('two.tar.gz', [
      { name: `one/${device}`, content: '0x8086\n' },
      { name: `two/${device}`, content: '0x8086\n' },
    ]);
    expect(await openPath(file, now)).toMatchObject({
      code: 'source-not-understood',
      detail: 'several machines: one, two',
    });
  });

  test('names of entries', () => {
    expect(placeOf('./sys/class')).toEqual({ prefix: '', path: 'sys/class' });
    expect(placeOf('/sys/class')).toEqual({ prefix: '', path: 'sys/class' });
    expect(placeOf('a/sys/class')).toEqual({ prefix: 'a', path: 'sys/class' });
    expect(placeOf('a/b/sys/class')).toBeNull();
    expect(placeOf('a/../sys')).toBeNull();
    expect(placeOf('')).toBeNull();
  });
});
