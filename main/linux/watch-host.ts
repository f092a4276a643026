import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** sysfs tells nobody that a device came or went (inotify is silent there), so it is looked at. */
const pause = 3_000;
const devices = '/sys/bus/pci/devices';
const watchedFolders = ['/sys/kernel/iommu_groups'];
const watchedFiles = [
  '/etc/default/grub',
  '/etc/default/grub.d',
  '/etc/modprobe.d',
  '/etc/initramfs-tools/modules',
  '/etc/initramfs-tools/scripts/init-top',
];

async function signature(): Promise<string> {
  const names = await readdir(devices).catch(() => []);
  const drivers = await Promise.all(names.map((name) => readlink(join(devices, name, 'driver')).catch(() => '')));
  const folders = await Promise.all(watchedFolders.map((path) => readdir(path).catch(() => [])));
  const times = await Promise.all(
    watchedFiles.map((path) =>
      stat(path)
        .then(({ mtimeMs, size }) => `${mtimeMs}/${size}`)
        .catch(() => '-'),
    ),
  );
  return JSON.stringify([names, drivers, folders, times]);
}

/** Calls back when a device, a driver, a group or a file that Slotwise plans for has changed; returns the way to stop. */
export function watchHost(changed: () => void): () => void {
  let last: string | null = null;
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const seen = await signature();
    busy = false;
    if (last !== null && seen !== last) changed();
    last = seen;
  };
  void look();
  const timer = setInterval(() => void look(), pause);
  timer.unref();
  return () => clearInterval(timer);
}
