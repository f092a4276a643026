import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plantFiles, printedCollector } from '../../hosts/collected.ts';
import { inProcess } from './in-process.ts';

let folder = '';
const uuid = '6f1c1e9e-9d5a-4b3e-8a47-1f2d3c4b5a69';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slotwise-report-'));
  plantFiles(join(folder, 'host'), {
    'proc/cmdline': `quiet root=UUID=${uuid} intel_iommu=on\n`,
    'sys/devices/pci0000:00/0000:00:02.0/vendor': '0x8086\n',
    'sys/devices/pci0000:00/0000:00:02.0/device': '0x3e92\n',
    'sys/bus/pci/devices/0000:00:02.0': '-> ../../../devices/pci0000:00/0000:00:02.0',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('report writes a file of its user alone, and says what is in it', async () => {
  const file = join(folder, 'mine.slotwise.json');
  const { code, out, err } = await inProcess('report', '--machine', join(folder, 'host'), '-o', file);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/PCI functions +1\n/);
  expect(out).toMatch(/UUIDs +1\n/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain(uuid);

  // What was written is a machine like any other, and a report of it has the same in it.
  const again = join(folder, 'again.slotwise.json');
  expect((await inProcess('report', '--machine', file, '-o', again)).code).toBe(0);
  const machineIn = (path: string): object => {
    const { machine } = JSON.parse(readFileSync(path, 'utf8')) as { machine: object };
    return { ...machine, source: null };
  };
  expect(machineIn(again)).toEqual(machineIn(file));
});

test('report prints one JSON document; --no-redact leaves it as it is', async () => {
  const printed = await inProcess('report', '--machine', join(folder, 'host'));
  expect(JSON.parse(printed.out)).toMatchObject({ format: 'slotwise-report', version: 1 });
  expect(printed.out).not.toContain(uuid);
  const plain = await inProcess('report', '--machine', join(folder, 'host'), '--no-redact');
  expect(plain.out).toContain(uuid);
});

test('report of nothing writes nothing', async () => {
  const ran = await inProcess('report', '--machine', join(folder, 'absent'), '-o', join(folder, 'none.json'));
  expect([ran.code, ran.out]).toEqual([3, '']);
  expect(readdirSync(folder)).not.toContain('none.json');
});

test('collect prints the collector', async () => {
  expect(await inProcess('collect')).toEqual({ code: 0, out: await printedCollector(), err: '' });
});
