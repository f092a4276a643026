import type { PciAddress } from '../address.ts';
import { exists, numberOf, textOf, wordOf } from '../files/read.ts';
import { realPath } from '../files/real-path.ts';
import type { HostTree } from '../host-tree.ts';
import { functionBehind, usbDeviceOn } from '../sysfs/device-path.ts';

/** One entry of sys/class/block: a disk, a partition, or something stacked upon others. */
export interface BlockDevice {
  readonly name: string;
  /** real path of its folder */
  readonly folder: string;
  readonly deviceNumber: string | null;
  readonly bytes: number | null;
  readonly model: string | null;
  /** `vg-root` of a device-mapper device */
  readonly mapperName: string | null;
  /** the file that a loop device shows */
  readonly backingFile: string | null;
  /** the disk of a partition, and what a stacked device stands on */
  readonly below: readonly string[];
  /** functions that lead to it; several for an NVMe namespace with several controllers */
  readonly behind: readonly PciAddress[];
  /** `2-1.4` where USB leads to it, else null */
  readonly usb: string | null;
  /** made by the kernel from other devices, files or memory */
  readonly virtual: boolean;
}

const home = 'sys/class/block';
const sectorBytes = 512;

export function readBlockDevices(tree: HostTree): ReadonlyMap<string, BlockDevice> {
  const devices = new Map<string, BlockDevice>();
  for (const name of tree.list(home)) devices.set(name, readBlockDevice(tree, name));
  return devices;
}

function readBlockDevice(tree: HostTree, name: string): BlockDevice {
  const folder = realPath(tree, `${home}/${name}`) ?? `${home}/${name}`;
  const sectors = numberOf(tree, `${folder}/size`);
  const behind = functionBehind(folder);
  const isPartition = exists(tree, `${folder}/partition`);
  const parent = folder.slice(0, folder.lastIndexOf('/'));
  const controllers = behind === null ? multipathControllers(tree, parent) : [behind];
  return {
    name,
    folder,
    deviceNumber: wordOf(tree, `${folder}/dev`),
    bytes: sectors === null ? null : sectors * sectorBytes,
    model: wordOf(tree, `${realPath(tree, `${folder}/device`) ?? folder}/model`),
    mapperName: wordOf(tree, `${folder}/dm/name`),
    backingFile: textOf(tree, `${folder}/loop/backing_file`)?.replace(/\n$/, '') ?? null,
    below: isPartition ? [parent.slice(parent.lastIndexOf('/') + 1)] : tree.list(`${folder}/slaves`),
    behind: controllers,
    usb: usbDeviceOn(folder),
    virtual: folder.includes('/virtual/') && controllers.length === 0,
  };
}

/**
 * With native NVMe multipath a namespace hangs below its subsystem, not below a controller; the subsystem's folder links
 * its controllers (drivers/nvme/host/core.c nvme_init_subsystem): sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0.
 * A partition sits one folder deeper.
 */
function multipathControllers(tree: HostTree, parent: string): PciAddress[] {
  const subsystem = /^(.*\/nvme-subsystem\/nvme-subsys\d+)(?:\/|$)/.exec(parent)?.[1];
  if (subsystem === undefined) return [];
  const found = tree.list(subsystem).flatMap((name) => {
    const target = /^nvme\d+$/.test(name) ? realPath(tree, `${subsystem}/${name}`) : null;
    return (target === null ? null : functionBehind(target)) ?? [];
  });
  return [...new Set(found)];
}
