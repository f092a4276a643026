import { linesOf, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { BlockDevice } from './block-devices.ts';

/**
 * Members of file systems that span devices, which neither the mount list nor sysfs block links tell: by pool name for
 * ZFS, by the device's own name for btrfs.
 */
export interface Pools {
  /** names of the block devices of a ZFS pool; null where nothing tells them */
  zfs(pool: string): readonly string[] | null;
  /** all devices of the btrfs that has `device` as one of its own */
  btrfs(device: string): readonly string[];
}

export function readPools(tree: HostTree, devices: ReadonlyMap<string, BlockDevice>): Pools {
  const byUdev = zfsByUdev(tree, devices);
  const byStatus = zfsByStatus(tree, devices);
  const sets = tree
    .list('sys/fs/btrfs')
    .map((id) => tree.list(`sys/fs/btrfs/${id}/devices`))
    .filter((members) => members.length > 0);
  return {
    zfs: (pool) => byStatus.get(pool) ?? byUdev.get(pool) ?? null,
    btrfs: (device) => sets.find((members) => members.includes(device)) ?? [device],
  };
}

type Members = Map<string, string[]>;

function add(members: Members, pool: string, device: string): void {
  const known = members.get(pool);
  if (!known) members.set(pool, [device]);
  else if (!known.includes(device)) known.push(device);
}

/** udev's own finding: `run/udev/data/b259:3` holds ID_FS_TYPE=zfs_member and ID_FS_LABEL=<pool>. */
function zfsByUdev(tree: HostTree, devices: ReadonlyMap<string, BlockDevice>): Members {
  const members: Members = new Map();
  for (const { name, deviceNumber } of devices.values()) {
    if (deviceNumber === null) continue;
    const text = textOf(tree, `run/udev/data/b${deviceNumber}`) ?? '';
    const pool = /^E:ID_FS_LABEL=(.+)$/m.exec(text)?.[1];
    if (pool !== undefined && /^E:ID_FS_TYPE=zfs_member$/m.test(text)) add(members, pool, name);
  }
  return members;
}

/** `zpool status -LP` as a collector kept it: indented device paths below `pool:` lines. */
function zfsByStatus(tree: HostTree, devices: ReadonlyMap<string, BlockDevice>): Members {
  const members: Members = new Map();
  let pool: string | null = null;
  for (const line of linesOf(textOf(tree, 'cmd/zpool-status.txt') ?? '')) {
    pool = /^\s*pool:\s*(\S+)/.exec(line)?.[1] ?? pool;
    const device = /^\s+\/dev\/(\S+)\s+[A-Z]+/.exec(line)?.[1];
    if (pool !== null && device !== undefined && devices.has(device)) add(members, pool, device);
  }
  return members;
}
