import { measured, unknown, type Fact } from '../fact.ts';
import { baseName, exists } from '../files/read.ts';
import type { Disk } from '../host-use.ts';
import type { HostTree } from '../host-tree.ts';
import type { Trouble } from '../trouble.ts';
import { readBlockDevices, type BlockDevice } from './block-devices.ts';
import { readMounts, type Mount } from './mounts.ts';
import { readPools, type Pools } from './pools.ts';

type Devices = ReadonlyMap<string, BlockDevice>;

export interface Disks {
  readonly disks: Fact<Disk[]>;
  readonly troubles: readonly Trouble[];
}

/**
 * Disks with everything mounted upon them, through partitions, device-mapper (LVM, LUKS, multipath), md, bcache, btrfs
 * and ZFS. A mount whose disk cannot be told is a trouble, never a disk without mounts in silence.
 */
export function readDisks(tree: HostTree): Disks {
  const devices = readBlockDevices(tree);
  const mounts = readMounts(tree);
  if (devices.size === 0 && !exists(tree, 'sys/class/block')) {
    return { disks: unknown('fuller-source', '/sys/class/block'), troubles: [] };
  }
  if (mounts === null && devices.size > 0) {
    return { disks: unknown('fuller-source', '/proc/self/mountinfo'), troubles: [] };
  }
  const pools = readPools(tree, devices);
  const upon = new Map<string, Disk['mounts']>();
  const troubles: Trouble[] = [];
  for (const mount of mounts ?? []) {
    const leaves = disksBelow(startOf(mount, devices, pools, mounts ?? []), devices);
    if (leaves.length === 0 && !offHost(mount)) troubles.push({ where: mount.target, code: 'mount-not-joined' });
    for (const leaf of leaves) {
      const entry = { target: mount.target, device: shown(mount, devices), fileSystem: mount.fileSystem };
      const known = upon.get(leaf) ?? [];
      if (!known.some((each) => each.target === entry.target && each.device === entry.device)) known.push(entry);
      upon.set(leaf, known);
    }
  }
  return {
    disks: measured(
      [...devices.values()].flatMap((each) => disksOf(each, upon)),
      '/sys/class/block',
    ),
    troubles,
  };
}

/** One entry a way to the disk: an NVMe namespace behind two controllers is lost with either. */
function disksOf(device: BlockDevice, upon: ReadonlyMap<string, Disk['mounts']>): Disk[] {
  if (device.below.length > 0 || device.virtual || device.bytes === 0) return [];
  const { name, model, bytes, usb } = device;
  const ways = device.behind.length > 0 ? device.behind : [null];
  const plug = usb === null ? {} : { usb };
  return ways.map((behind) => ({ name, model, bytes, behind, ...plug, mounts: upon.get(name) ?? [] }));
}

/** The block devices that a mount stands on directly. */
function startOf(mount: Mount, devices: Devices, pools: Pools, mounts: readonly Mount[], depth = 0): readonly string[] {
  if (mount.fileSystem === 'zfs') return pools.zfs(mount.source.split('/')[0] ?? '') ?? [];
  if (mount.fileSystem === 'swapfile')
    return depth > 4 ? [] : underFile(mount.source, devices, pools, mounts, depth + 1);
  const device = deviceOf(mount, devices);
  if (!device) return [];
  if (device.backingFile !== null && depth <= 4)
    return underFile(device.backingFile, devices, pools, mounts, depth + 1);
  return mount.fileSystem === 'btrfs' ? pools.btrfs(device.name) : [device.name];
}

/** By number first: a source such as `/dev/root` is only a word. btrfs shows numbers that no block device has. */
function deviceOf(mount: Mount, devices: Devices): BlockDevice | null {
  const { deviceNumber } = mount;
  for (const device of devices.values()) {
    if (deviceNumber !== null && device.deviceNumber === deviceNumber) return device;
  }
  if (!mount.source.startsWith('/dev/')) return null;
  const name = mount.source.slice('/dev/'.length);
  // sysfs writes `!` where a device's name holds a slash: /dev/cciss/c0d0 is cciss!c0d0.
  const direct = devices.get(name) ?? devices.get(name.replaceAll('/', '!'));
  if (direct) return direct;
  const whole = diskOfPartition(name);
  const holder = whole === null ? undefined : devices.get(whole);
  if (holder) return holder;
  const mapperNames = [baseName(name), lvmName(name)];
  for (const device of devices.values()) {
    if (device.mapperName !== null && mapperNames.includes(device.mapperName)) return device;
  }
  return null;
}

/**
 * The disk that a partition's name tells, for a source without the partition's own folder: a number behind the disk's
 * name, with a `p` between where that one ends with a digit (block/partitions/core.c, disk_name).
 */
const diskOfPartition = (name: string): string | null =>
  /^(.*\d)p\d{1,3}$/.exec(name)?.[1] ?? /^(.*[a-z])\d{1,3}$/.exec(name)?.[1] ?? null;

/** /dev/vg/lv is a link to the mapper device `vg-lv`, in whose name hyphens are doubled. */
const lvmName = (name: string): string =>
  name
    .split('/')
    .map((part) => part.replaceAll('-', '--'))
    .join('-');

/** The devices below the file system that holds a file: the mount with the longest path above it, the last one mounted there. */
function underFile(
  file: string,
  devices: Devices,
  pools: Pools,
  mounts: readonly Mount[],
  depth: number,
): readonly string[] {
  let holder: Mount | null = null;
  for (const mount of mounts) {
    const above = mount.target === '/' ? '/' : `${mount.target}/`;
    if (mount.target === '[SWAP]' || !file.startsWith(above)) continue;
    if (!holder || mount.target.length >= holder.target.length) holder = mount;
  }
  return holder ? startOf(holder, devices, pools, mounts, depth) : [];
}

/** The disks at the bottom of a stack. */
function disksBelow(names: readonly string[], devices: Devices): string[] {
  const leaves = new Set<string>();
  const seen = new Set<string>();
  const ahead = [...names];
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const device = devices.get(name);
    if (!device) continue;
    if (device.below.length > 0) ahead.push(...device.below);
    else leaves.add(name);
  }
  return [...leaves];
}

/** `dm-0`, `sda2`, `tank/root`. */
const shown = (mount: Mount, devices: Devices): string =>
  mount.fileSystem === 'zfs' ? mount.source : (deviceOf(mount, devices)?.name ?? mount.source);

/** Network and user-space file systems have no disk here; a `/` or `/boot` upon anything must be told all the same. */
function offHost(mount: Mount): boolean {
  if (/^\/(?:$|boot(?:\/|$)|usr$)/.test(mount.target)) return false;
  return /^(?:nfs4?|cifs|smb3|9p|ceph|glusterfs|virtiofs|fuse(?:\..*)?|overlay|squashfs|erofs)$/.test(mount.fileSystem);
}
