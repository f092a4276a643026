import { describe, expect, test } from 'vitest';
import type { Disk } from '../../../main/machine/host-use.ts';
import { machineOf } from '../../hosts/machine.ts';
import { link, treeOf, type TestFile } from '../../hosts/tree.ts';

const nvmeAt = 'sys/devices/pci0000:00/0000:00:01.2/0000:01:00.0/nvme/nvme0/nvme0n1';
const sataAt = 'sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda';

const disk = (at: string, number: string, sectors = 2000): Record<string, TestFile> => {
  const name = at.slice(at.lastIndexOf('/') + 1);
  return {
    [`sys/class/block/${name}`]: link(`../../${at.replace(/^sys\//, '')}`),
    [`${at}/size`]: `${sectors}\n`,
    [`${at}/dev`]: `${number}\n`,
  };
};
const partition = (at: string, number: string): Record<string, TestFile> => ({
  ...disk(at, number),
  [`${at}/partition`]: '1\n',
});
const stacked = (
  name: string,
  number: string,
  mapper: string | null,
  below: readonly string[],
): Record<string, TestFile> => {
  const at = `sys/devices/virtual/block/${name}`;
  const slaves = below.map((lower) => [`${at}/slaves/${lower}`, link(`../../../x/${lower}`)] as const);
  return {
    ...disk(at, number),
    ...Object.fromEntries(slaves),
    ...(mapper === null ? {} : { [`${at}/dm/name`]: `${mapper}\n` }),
  };
};

const base = { ...disk(nvmeAt, '259:0'), ...disk(sataAt, '8:0') };

function disksOf(files: Record<string, TestFile>): { disks: Disk[]; troubles: string[] } {
  const { disks, troubles } = machineOf(treeOf({ ...base, ...files }));
  expect(disks.known).toBe(true);
  return {
    disks: disks.known ? disks.value : [],
    troubles: troubles.map(({ where, code }) => `${where} ${code}`),
  };
}
const targets = (disks: readonly Disk[], name: string): string[] =>
  disks.filter((each) => each.name === name).flatMap((each) => each.mounts.map(({ target }) => target));

const lvmOnLuks = {
  ...partition(`${nvmeAt}/nvme0n1p1`, '259:1'),
  ...partition(`${nvmeAt}/nvme0n1p3`, '259:3'),
  ...stacked('dm-0', '254:0', 'luks-3f', ['nvme0n1p3']),
  ...stacked('dm-1', '254:1', 'vg--a-root', ['dm-0']),
  ...stacked('dm-2', '254:2', 'vg--a-swap', ['dm-0']),
  'proc/swaps': 'Filename\tType\tSize\tUsed\tPriority\n/dev/dm-2 partition 8388604 0 -2\n',
};

describe('what is mounted reaches the disk below', () => {
  test('/ on LVM on LUKS on NVMe, by number', () => {
    const { disks, troubles } = disksOf({
      ...lvmOnLuks,
      'proc/self/mountinfo':
        '22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/mapper/vg--a-root rw\n' +
        '30 22 259:1 / /boot/efi rw - vfat /dev/nvme0n1p1 rw\n' +
        '31 22 0:21 / /proc rw - proc proc rw\n',
    });
    expect(disks.map(({ name, behind }) => [name, behind])).toEqual([
      ['nvme0n1', '0000:01:00.0'],
      ['sda', '0000:00:17.0'],
    ]);
    expect(targets(disks, 'nvme0n1')).toEqual(['/', '/boot/efi', '[SWAP]']);
    expect(disks[0]?.mounts[0]).toEqual({ target: '/', device: 'dm-1', fileSystem: 'ext4' });
    expect(targets(disks, 'sda')).toEqual([]);
    expect(troubles).toEqual([]);
  });

  test.each(['/dev/mapper/vg--a-root', '/dev/vg-a/root', '/dev/dm-1'])(
    'the same by name from proc/mounts: %s',
    (source) => {
      const { disks } = disksOf({ ...lvmOnLuks, 'proc/mounts': `${source} / ext4 rw 0 0\n` });
      expect(targets(disks, 'nvme0n1')).toContain('/');
    },
  );

  test.each([
    ['nvme0n1', '/dev/nvme0n1p2'],
    ['sda', '/dev/sda1'],
  ])('a partition of %s whose own folder the source lacks, by its name', (name, source) => {
    const other = name === 'sda' ? 'nvme0n1' : 'sda';
    for (const list of [
      { 'proc/mounts': `${source} / ext4 rw 0 0\n` },
      { 'proc/self/mountinfo': `22 1 259:77 / / rw - ext4 ${source} rw\n` },
    ]) {
      const { disks, troubles } = disksOf(list);
      expect([targets(disks, name), targets(disks, other), troubles]).toEqual([['/'], [], []]);
    }
    expect(disksOf({ 'proc/mounts': '/dev/sdb1 / ext4 rw 0 0\n' }).troubles).toEqual(['/ mount-not-joined']);
  });

  test('RAID 1 is on both disks', () => {
    const { disks } = disksOf({
      ...stacked('md0', '9:0', null, ['nvme0n1', 'sda']),
      'proc/self/mountinfo': '22 1 9:0 / / rw - xfs /dev/md0 rw\n',
    });
    expect(targets(disks, 'nvme0n1')).toEqual(['/']);
    expect(targets(disks, 'sda')).toEqual(['/']);
  });

  test('btrfs over two disks, whose number is no device’s', () => {
    const { disks } = disksOf({
      'sys/fs/btrfs/1f/devices/sda': link('../../x'),
      'sys/fs/btrfs/1f/devices/nvme0n1': link('../../x'),
      'proc/self/mountinfo': '22 1 0:30 /@ / rw - btrfs /dev/sda rw\n',
    });
    expect(targets(disks, 'nvme0n1')).toEqual(['/']);
    expect(targets(disks, 'sda')).toEqual(['/']);
  });

  test('a swap file is on the disk of its file system; a blank in a mount point is unescaped', () => {
    const { disks } = disksOf({
      'proc/self/mountinfo':
        '22 1 8:0 / / rw - ext4 /dev/sda rw\n23 22 259:0 / /mnt/my\\040games rw - ext4 /dev/nvme0n1 rw\n',
      'proc/swaps': 'Filename Type Size Used Priority\n/mnt/my\\040games/swap file 1 0 -2\n',
    });
    expect(targets(disks, 'nvme0n1')).toEqual(['/mnt/my games', '[SWAP]']);
    expect(targets(disks, 'sda')).toEqual(['/']);
  });

  test('native NVMe multipath: the namespace is behind each controller', () => {
    const head = 'sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme1n1';
    const { disks } = disksOf({
      ...disk(head, '259:9'),
      'sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme1': link(
        '../../../pci0000:00/0000:00:1d.0/0000:05:00.0/nvme/nvme1',
      ),
      'sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme2': link(
        '../../../pci0000:00/0000:00:1d.4/0000:06:00.0/nvme/nvme2',
      ),
      'proc/mounts': '/dev/nvme1n1 / ext4 rw 0 0\n',
    });
    expect(disks.filter(({ name }) => name === 'nvme1n1').map(({ behind, mounts }) => [behind, mounts.length])).toEqual(
      [
        ['0000:05:00.0', 1],
        ['0000:06:00.0', 1],
      ],
    );
  });
});

describe('ZFS', () => {
  const root = { 'proc/self/mountinfo': '22 1 0:24 / / rw - zfs rpool/ROOT/pve-1 rw\n' };

  test('by udev’s findings', () => {
    const { disks, troubles } = disksOf({
      ...root,
      ...partition(`${sataAt}/sda3`, '8:3'),
      'run/udev/data/b8:3': 'E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=rpool\n',
    });
    expect(targets(disks, 'sda')).toEqual(['/']);
    expect(troubles).toEqual([]);
  });

  test('by the status that a collector kept', () => {
    const { disks } = disksOf({
      ...root,
      ...partition(`${sataAt}/sda3`, '8:3'),
      'cmd/zpool-status.txt':
        '  pool: rpool\n state: ONLINE\n\tNAME STATE\n\trpool ONLINE 0 0 0\n\t  /dev/sda3  ONLINE 0 0 0\n',
    });
    expect(targets(disks, 'sda')).toEqual(['/']);
  });

  test('without either it is said that the disk of / is not known', () => {
    const { disks, troubles } = disksOf(root);
    expect(disks.every(({ mounts }) => mounts.length === 0)).toBe(true);
    expect(troubles).toEqual(['/ mount-not-joined']);
  });
});

test('an overlay as / is said to be on no known disk; one of a container is not worth a word', () => {
  const { troubles } = disksOf({
    'proc/self/mountinfo':
      '22 1 0:24 / / rw - overlay overlay rw\n23 22 0:25 / /var/lib/docker/overlay2/1/merged rw - overlay overlay rw\n',
  });
  expect(troubles).toEqual(['/ mount-not-joined']);
});

test('without a list of mounts nothing is said of disks', () => {
  expect(machineOf(treeOf(base)).disks).toMatchObject({ known: false, where: '/proc/self/mountinfo' });
});

test('A disk on a USB bridge says which USB device it is plugged in by, and no other disk does', () => {
  const usbAt = 'sys/devices/pci0000:00/0000:00:14.0/usb2/2-4/2-4.1/2-4.1:1.0/host6/target6:0:0/6:0:0:0/block/sdb';
  const { disks } = disksOf({ ...disk(usbAt, '8:16'), 'proc/mounts': '/dev/sdb / ext4 rw 0 0\n' });
  expect(disks.find(({ name }) => name === 'sdb')).toMatchObject({ behind: '0000:00:14.0', usb: '2-4.1' });
  expect(disks.filter(({ usb }) => usb !== undefined)).toHaveLength(1);
});
