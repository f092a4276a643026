import { parseAddress } from '../machine/address.ts';
import { textOf } from '../machine/files/read.ts';
import { realPath } from '../machine/files/real-path.ts';
import { MemoryTree } from '../machine/memory-tree.ts';
import { isDecidingSetting } from '../machine/sysfs/firmware-settings.ts';
import { HostFiles } from './host-files.ts';
import { unpackKernelConfig } from './kernel-config.ts';
import {
  classes,
  fileFolders,
  files,
  functionFiles,
  functionLinks,
  kernelConfigs,
  marks,
  nameFolders,
  settingFiles,
  usbFiles,
} from './wanted.ts';

/**
 * Reads what is wanted of a host below `root` (`/`, or a folder that holds sys/, proc/, etc/, cmd/): never the whole of
 * sysfs, never a write. `confined` as in HostFiles.
 */
export async function gatherHost(root: string, confined: string | null): Promise<MemoryTree> {
  const tree = new MemoryTree();
  const host = new HostFiles(root, tree, confined);
  await Promise.all([
    gatherFunctions(host),
    gatherGroups(host),
    ...(Object.keys(classes) as (keyof typeof classes)[]).map((home) => gatherClass(host, home)),
    gatherUsbLinks(host),
    gatherBtrfs(host),
    gatherGrubDefaults(host),
    gatherSettings(host),
    ...files.map((path) => host.file(path)),
    ...fileFolders.map((path) => gatherAll(host, path)),
    ...nameFolders.map((path) => gatherNames(host, tree, path)),
    ...marks.map((path) => host.mark(path)),
  ]);
  await Promise.all([gatherUdev(host, tree), gatherKernelConfig(host, tree)]);
  return tree;
}

async function gatherFunctions(host: HostFiles): Promise<void> {
  const links = await host.folder('sys/bus/pci/devices');
  const listed = links.filter(({ name }) => parseAddress(name) !== null);
  await Promise.all(
    listed.map(async ({ name }) => gatherFunction(host, await host.resolve(`sys/bus/pci/devices/${name}`))),
  );
  // A copy may hold the devices without the bus's links.
  if (listed.length === 0) await gatherBelow(host, 'sys/devices');
}

async function gatherBelow(host: HostFiles, folder: string): Promise<void> {
  const entries = await host.folder(folder);
  await Promise.all(
    entries.map(async ({ name, kind }) => {
      const isFunction = parseAddress(name) !== null;
      if (kind !== 'folder' || !(isFunction || /^pci[0-9a-f]{4,8}:[0-9a-f]{2}$/.test(name))) return;
      if (isFunction) await gatherFunction(host, `${folder}/${name}`);
      await gatherBelow(host, `${folder}/${name}`);
    }),
  );
}

async function gatherFunction(host: HostFiles, folder: string): Promise<void> {
  const entries = await host.folder(folder);
  await Promise.all(
    entries.map(async ({ name, kind }) => {
      const path = `${folder}/${name}`;
      if (kind === 'file' && functionFiles.has(name)) await host.file(path);
      else if (kind === 'link' && functionLinks.has(name)) await host.link(path);
      else if (kind === 'folder' && name === 'power') await host.mark(path);
      else if (kind === 'folder' && /^usb\d+$/.test(name)) await gatherUsb(host, path);
    }),
  );
}

/** A USB device, its interfaces, and the devices below it: `usb1`, `1-4`, `1-4.2`, `1-4:1.0`. */
async function gatherUsb(host: HostFiles, folder: string): Promise<void> {
  const entries = await host.folder(folder);
  await Promise.all(
    entries.map(async ({ name, kind }) => {
      const path = `${folder}/${name}`;
      if (kind === 'file' && usbFiles.has(name)) await host.file(path);
      else if (kind === 'folder' && /^\d+-[\d.]+(?::\d+\.\d+)?$/.test(name)) await gatherUsb(host, path);
      else if (kind === 'folder' && name === 'net') await host.mark(path);
    }),
  );
}

const gatherUsbLinks = (host: HostFiles): Promise<unknown> => gatherLinks(host, 'sys/bus/usb/devices');

async function gatherLinks(host: HostFiles, folder: string): Promise<void> {
  const entries = await host.folder(folder);
  await Promise.all(entries.map(({ name }) => host.link(`${folder}/${name}`)));
}

async function gatherGroups(host: HostFiles): Promise<void> {
  const home = 'sys/kernel/iommu_groups';
  const groups = await host.folder(home);
  await Promise.all(
    groups.flatMap(({ name }) => [
      host.file(`${home}/${name}/type`),
      host.file(`${home}/${name}/name`),
      host.file(`${home}/${name}/reserved_regions`),
      gatherLinks(host, `${home}/${name}/devices`),
    ]),
  );
}

async function gatherClass(host: HostFiles, home: keyof typeof classes): Promise<void> {
  const { files: wanted, folders } = classes[home];
  const entries = await host.folder(home);
  await Promise.all(
    entries
      .filter(({ kind }) => kind !== 'file')
      .map(async ({ name }) => {
        const device = await host.resolve(`${home}/${name}`);
        // `device` is a link, and its target's `model` is what is meant.
        if (wanted.some((path) => path.startsWith('device/'))) await host.link(`${device}/device`);
        await Promise.all([
          ...wanted.map((path) => gatherThrough(host, device, path)),
          ...folders.map((folder) => gatherEntries(host, folder === '' ? device : `${device}/${folder}`)),
        ]);
      }),
  );
}

async function gatherThrough(host: HostFiles, device: string, path: string): Promise<void> {
  const [first = '', rest] = path.split('/');
  if (rest === undefined) return host.file(`${device}/${first}`);
  const folder = first === 'device' ? await host.resolve(`${device}/${first}`) : `${device}/${first}`;
  return host.file(`${folder}/${rest}`);
}

/** Names of a folder, links with their targets. */
async function gatherEntries(host: HostFiles, folder: string): Promise<void> {
  const entries = await host.folder(folder);
  await Promise.all(
    entries.map(async ({ name, kind }) => {
      if (kind === 'link') await host.link(`${folder}/${name}`);
      else await host.mark(`${folder}/${name}`);
    }),
  );
}

async function gatherBtrfs(host: HostFiles): Promise<void> {
  const sets = await host.folder('sys/fs/btrfs');
  await Promise.all(sets.map(({ name }) => gatherEntries(host, `sys/fs/btrfs/${name}/devices`)));
}

async function gatherGrubDefaults(host: HostFiles): Promise<void> {
  const entries = await host.folder('etc/default');
  const grub = entries.filter(({ name }) => name.startsWith('grub') && name !== 'grub.d');
  await Promise.all(grub.map(({ name }) => host.file(`etc/default/${name}`)));
}

/** Settings of the firmware's menu: reading one may call the firmware, so that only those that decide something are read. */
async function gatherSettings(host: HostFiles): Promise<void> {
  const home = 'sys/class/firmware-attributes';
  await Promise.all(
    (await host.folder(home)).map(async ({ name: driver }) => {
      const folder = `${await host.resolve(`${home}/${driver}`)}/attributes`;
      await host.file(`${folder}/pending_reboot`);
      const settings = (await host.folder(folder)).filter(({ name }) => isDecidingSetting(name));
      await Promise.all(
        settings.flatMap(({ name }) => settingFiles.map((file) => host.file(`${folder}/${name}/${file}`))),
      );
    }),
  );
}

/** The running kernel's configuration, the first that is there. */
async function gatherKernelConfig(host: HostFiles, tree: MemoryTree): Promise<void> {
  const release =
    textOf(tree, 'proc/sys/kernel/osrelease')?.trim() ??
    /^Linux version (\S+)/.exec(textOf(tree, 'proc/version') ?? '')?.[1];
  if (release === undefined || !/^[\w.+~-]{1,100}$/.test(release)) return;
  for (const path of kernelConfigs(release)) {
    await host.file(path);
    if (tree.bytes(path)) break;
  }
  unpackKernelConfig(tree);
}

async function gatherAll(host: HostFiles, folder: string): Promise<void> {
  const entries = await host.folder(folder);
  await Promise.all(entries.map(({ name }) => host.file(`${folder}/${name}`)));
}

async function gatherNames(host: HostFiles, tree: MemoryTree, folder: string): Promise<void> {
  for (const { name } of await host.folder(folder)) tree.addName(`${folder}/${name}`);
}

/** udev's findings about block devices: the only place that tells a ZFS pool's members without ZFS's own program. */
async function gatherUdev(host: HostFiles, tree: MemoryTree): Promise<void> {
  const home = 'sys/class/block';
  const numbers = tree.list(home).flatMap((name) => {
    const folder = realPath(tree, `${home}/${name}`);
    const number = folder === null ? undefined : textOf(tree, `${folder}/dev`)?.trim();
    return number !== undefined && /^\d+:\d+$/.test(number) ? [number] : [];
  });
  await Promise.all(numbers.map((number) => host.file(`run/udev/data/b${number}`)));
}
