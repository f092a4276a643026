import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyNotes, collectorFormat } from '../../../main/linux/collector-notes.ts';
import { openLive } from '../../../main/linux/live.ts';
import { openPath } from '../../../main/linux/source.ts';
import {
  classes,
  fileFolders,
  files,
  functionFiles,
  functionLinks,
  marks,
  usbFiles,
} from '../../../main/linux/wanted.ts';
import { machineFromFiles } from '../../../main/machine/from-files.ts';
import { isSourceProblem } from '../../../main/machine/source-problem.ts';
import { captureFile, captureNames, readTarball } from '../../hosts/captures.ts';
import { asUser, machineIn, plantFiles, posixShells, printedCollector, runCollector } from '../../hosts/collected.ts';
import { shippedNames } from '../../hosts/corpus.ts';
import { treeOf } from '../../hosts/tree.ts';

const capture = 'vtd-rich-k61';
const captured = captureNames.includes(capture);

let folder = '';
let script = '';
let inFolder: ReturnType<typeof machineIn> | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slotwise-collector-'));
  chmodSync(folder, 0o777);
  script = await printedCollector();
  if (!captured) return;
  mkdirSync(join(folder, 'capture'));
  execFileSync('tar', ['-xzf', captureFile(capture), '-C', join(folder, 'capture')]);
  inFolder = machineIn(join(folder, 'capture'));
  await inFolder;
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000);

const card = 'sys/devices/pci0000:00/0000:00:01.0';
const hub = `${card}/usb1`;
const net = `${card}/net/eth0`;
const disk = `${card}/block/sda`;

/** A host with every file of every list, and beside them what must not be touched. */
function wholeHost(root: string): { wanted: string[]; closed: string[] } {
  const classFiles = Object.entries(classes).flatMap(([home, { files: names }]) =>
    names.map(
      (name) => `${home === 'sys/class/net' ? net : home === 'sys/class/block' ? disk : `${home}/one`}/${name}`,
    ),
  );
  const wanted = [
    ...files.filter((path) => path !== 'cmd/collector.txt'),
    ...fileFolders.map((path) => `${path}/a file`),
    ...[...functionFiles].map((name) => `${card}/${name}`),
    ...[...usbFiles].map((name) => `${hub}/1-1/1-1:1.0/${name}`),
    ...classFiles.filter((path) => !path.endsWith('intel-iommu/version')),
    'etc/default/grub',
    'etc/default/grub.ucf-dist',
    'sys/kernel/iommu_groups/7/type',
    'sys/class/firmware-attributes/thinklmi/attributes/VTdFeature/current_value',
    'boot/config-6.1.0-test',
  ];
  const closed = [
    ...['rom', 'reset', 'remove', 'rescan', 'resource0', 'vpd'].map((name) => `${card}/${name}`),
    `${net}/address`,
    `${disk}/serial`,
    'sys/class/dmi/id/product_uuid',
    'sys/class/firmware-attributes/thinklmi/attributes/AssetTag/current_value',
    'proc/kcore',
    'etc/shadow',
    'etc/machine-id',
    'cmd/private.txt',
  ];
  plantFiles(root, Object.fromEntries([...wanted, ...closed].map((path) => [path, `content of ${path}\n`])));
  plantFiles(root, {
    ...Object.fromEntries(marks.filter((path) => path !== 'etc/pve').map((path) => [path, 'SECRET'])),
    ...Object.fromEntries([...functionLinks].map((name) => [`${card}/${name}`, `-> ../../../${name}`])),
    'sys/bus/pci/devices/0000:00:01.0': '-> ../../../devices/pci0000:00/0000:00:01.0',
    'sys/bus/usb/devices/1-1': '-> ../../../devices/pci0000:00/0000:00:01.0/usb1/1-1',
    'sys/class/net/eth0': '-> ../../devices/pci0000:00/0000:00:01.0/net/eth0',
    'sys/class/block/sda': '-> ../../devices/pci0000:00/0000:00:01.0/block/sda',
    'sys/kernel/iommu_groups/7/devices/0000:00:01.0': '-> ../../../../devices/pci0000:00/0000:00:01.0',
    'run/udev/data/b8:0': 'E:ID_SERIAL=SECRET\nE:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank\n',
  });
  writeFileSync(join(root, disk, 'dev'), '8:0\n');
  writeFileSync(join(root, 'proc/sys/kernel/osrelease'), '6.1.0-test\n');
  return { wanted, closed };
}

const contentOf = (entries: ReturnType<typeof readTarball>, path: string): string => {
  const entry = entries.get(path);
  return entry !== undefined && 'bytes' in entry ? new TextDecoder().decode(entry.bytes) : '';
};

describe.each(posixShells.map((shell) => [shell.join(' '), shell] as const))('the collector in %s', (name, shell) => {
  test('takes what the reader wants, file by file, and nothing beside it', () => {
    const root = join(folder, `whole-${name}`);
    const { wanted, closed } = wholeHost(root);
    const archive = join(folder, `whole-${name}.tar.gz`);
    runCollector(script, root, archive, shell);
    const entries = readTarball(archive);
    const changed = ['/dev', 'proc/sys/kernel/osrelease'];
    expect(
      wanted.filter(
        (path) => contentOf(entries, path) !== `content of ${path}\n` && !changed.some((end) => path.endsWith(end)),
      ),
    ).toEqual([]);
    expect(marks.filter((path) => !entries.has(path))).toEqual([]);
    expect(closed.filter((path) => contentOf(entries, path) !== '')).toEqual([]);
    expect([...entries.keys()].filter((path) => contentOf(entries, path).includes('SECRET'))).toEqual([]);
    expect(contentOf(entries, 'run/udev/data/b8:0')).toBe('E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank\n');
    for (const link of functionLinks) expect(entries.get(`${card}/${link}`)).toEqual({ link: `../../../${link}` });
    expect(readdirSync(folder).filter((each) => each.startsWith('slotwise.'))).toEqual([]);
  });

  test.skipIf(!captured)('reads a captured machine back as it is (capture absent: skipped)', async () => {
    const archive = join(folder, `${name}-capture.tar.gz`);
    runCollector(script, join(folder, 'capture'), archive, shell);
    expect(await machineIn(archive)).toEqual(await inFolder);
  });
});

test('on this computer it says what the live reading says', async () => {
  const archive = join(folder, 'live.tar.gz');
  runCollector(script, null, archive);
  const content = await openLive('2026-11-22T00:00:00Z');
  if (isSourceProblem(content) || content.kind !== 'files') throw new Error('this host is not read');
  const live = machineFromFiles(content.tree, shippedNames, content.from);
  if (isSourceProblem(live)) throw new Error(live.detail);
  const rest = { ...live, source: null };
  const collected = await machineIn(archive);
  // dmesg counts time in its own way where it cannot read the records themselves: what matters is the text.
  const texts = ({ kernel: { log } }: Pick<typeof collected, 'kernel'>): unknown =>
    log.known ? log.value.map((line) => line.replace(/^\[[^\]]*\] /, '')) : log;
  expect(texts(collected)).toEqual(texts(live));
  expect({ ...collected, kernel: { ...collected.kernel, log: null } }).toEqual({
    ...rest,
    kernel: { ...rest.kernel, log: null },
  });
});

test('without rights it says which files root would add', async () => {
  const root = join(folder, 'closed');
  plantFiles(root, {
    'proc/iomem': 'x',
    [`${card}/config`]: 'y',
    [`${card}/vendor`]: '0x8086\n',
    'sys/bus/pci/devices/0000:00:01.0': '-> ../../../devices/pci0000:00/0000:00:01.0',
  });
  for (const path of ['proc/iomem', `${card}/config`]) chmodSync(join(root, path), 0);
  const archive = join(folder, 'closed.tar.gz');
  runCollector(script, root, archive, ['sh'], asUser);
  const content = await openPath(archive, '2026-11-22T00:00:00Z');
  if (isSourceProblem(content) || content.kind !== 'files') throw new Error('no archive');
  expect(content.tree.trouble('proc/iomem')).toBe('EACCES');
  expect(content.tree.trouble(`${card}/config`)).toBe('EACCES');
  expect(content.from.collectedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

describe('what it says of itself', () => {
  const from = {
    kind: 'archive',
    name: 'a',
    readAt: null,
    collectedAt: null,
    origin: null,
    partlyStaged: false,
  } as const;
  const notesOf = (text: string) => treeOf({ 'cmd/collector.txt': text });

  test('a later format is refused by its number', () => {
    expect(applyNotes(notesOf(`slotwise-collector ${collectorFormat + 1}\n`), from)).toMatchObject({
      problem: true,
      where: 'a, cmd/collector.txt',
    });
  });

  test('older formats are carried up one step after the other', () => {
    const seen: number[] = [];
    const steps = [0, 1, 2].map((at) => ({ from: at, upgrade: () => void seen.push(at) }));
    applyNotes(treeOf({}), from, 3, steps);
    applyNotes(notesOf('slotwise-collector 2\n'), from, 3, steps);
    expect(seen).toEqual([0, 1, 2, 2]);
  });

  test('what could not be read never leads out of the tree', () => {
    const tree = notesOf('slotwise-collector 1\ntrouble EACCES ../../etc/shadow\n');
    applyNotes(tree, from);
    expect(tree.list('')).toEqual(['cmd']);
  });
});

const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;
test.skipIf(!shellcheck)('shellcheck finds nothing in it (shellcheck absent: skipped)', () => {
  const { status, stdout } = spawnSync('shellcheck', ['-s', 'sh', '-'], { input: script, encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
