import * as v from 'valibot';
import { addressShape } from './address.ts';

/** What the host does with a device: the jobs that people lose when a function is given away. */
export const mountShape = v.object({
  /** `/`, `/boot/efi`, `[SWAP]` */
  target: v.string(),
  /** what is mounted: `sda2`, `dm-0`, `tank/root` */
  device: v.string(),
  fileSystem: v.string(),
  /** Windows says that it starts from here; where Linux does, the target tells */
  system: v.exactOptional(v.literal(true)),
});

export const diskShape = v.object({
  name: v.string(),
  model: v.nullable(v.string()),
  bytes: v.nullable(v.number()),
  /** the PCI function behind which it sits; null for what is not on PCI (loop, network) */
  behind: v.nullable(addressShape),
  /** the USB device that it is, or whose bridge it sits on: a name of `usb`; absent for every other disk */
  usb: v.exactOptional(v.string()),
  /** mounts on it or on anything stacked upon it (partitions, LVM, LUKS, RAID, ZFS) */
  mounts: v.array(mountShape),
});
export type Disk = v.InferOutput<typeof diskShape>;

export const interfaceShape = v.object({
  name: v.string(),
  behind: v.nullable(addressShape),
  /** `192.168.1.5/24`; empty: none; null: the source does not tell */
  addresses: v.nullable(v.array(v.string())),
  /** carries a default route; null: the source does not tell */
  defaultRoute: v.nullable(v.boolean()),
  up: v.nullable(v.boolean()),
  /** the bridge or bond that it serves: `vmbr0` */
  master: v.nullable(v.string()),
  wireless: v.boolean(),
});
export type NetworkInterface = v.InferOutput<typeof interfaceShape>;

export const displayShape = v.object({
  connector: v.string(),
  behind: v.nullable(addressShape),
  connected: v.nullable(v.boolean()),
});
export type Display = v.InferOutput<typeof displayShape>;

export const usbDeviceShape = v.object({
  name: v.string(),
  product: v.nullable(v.string()),
  behind: v.nullable(addressShape),
  kind: v.picklist(['keyboard', 'mouse', 'storage', 'audio', 'network', 'hub', 'other']),
});
export type UsbDevice = v.InferOutput<typeof usbDeviceShape>;

export const soundCardShape = v.object({
  /** `card0` */
  name: v.string(),
  /** the driver's short name for it: `PCH`, `NVidia` */
  id: v.nullable(v.string()),
  behind: v.nullable(addressShape),
});
export type SoundCard = v.InferOutput<typeof soundCardShape>;
