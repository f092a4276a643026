import { parseAddress, type PciAddress } from '../address.ts';
import type { ToldPlace } from '../path.ts';

const rootBusPattern = /^pci([0-9a-f]{4,8}:[0-9a-f]{2})$/;

/** The PCI function that a sysfs device sits behind: the last function on its real path; null off PCI. */
export function functionBehind(realPath: string): PciAddress | null {
  const steps = realPath.split('/');
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i] ?? '';
    // Services of a port (`0000:00:02.0:pcie001`) hold colons too, and are no functions.
    const address = step.length <= 16 ? parseAddress(step) : null;
    if (address) return address;
  }
  return null;
}

/** The USB device nearest to what a real path names: `2-1.4` on `…/usb2/2-1/2-1.4/2-1.4:1.0/host6/…`; null where USB does not lead there. */
export function usbDeviceOn(realPath: string): string | null {
  const devices = realPath.split('/').filter((step) => /^\d+-\d+(?:\.\d+)*$/.test(step));
  return devices.at(-1) ?? null;
}

/** Parent and root bus from a function's own real path; null where the path does not go through a root bus folder. */
export function toldPlace(realPath: string): ToldPlace | null {
  let rootBus: string | null = null;
  let parent: PciAddress | null = null;
  let self: PciAddress | null = null;
  for (const step of realPath.split('/')) {
    const root = rootBusPattern.exec(step);
    const address = root ? null : parseAddress(step);
    if (root) {
      // Behind Intel VMD a second root bus hangs below a function: /sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/….
      rootBus = root[1] ?? null;
      parent = null;
      self = null;
    } else if (address) {
      parent = self;
      self = address;
    }
  }
  return rootBus === null || self === null ? null : { parent, rootBus };
}
