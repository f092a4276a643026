import * as v from 'valibot';
import { addressShape } from '../address.ts';

/** Ways in which a host is told to give devices away, or to prepare for it. */
export const assignmentKinds = [
  /** `options vfio-pci ids=…`, `vfio-pci.ids=…`: every device of a kind */
  'driver-ids',
  /** driverctl, udev rules, an initramfs script: one address */
  'driver-override',
  /** Unraid's list, boot/config/vfio-pci.cfg */
  'unraid-list',
  /** Xen: hidden from dom0 */
  'xen-hide',
  'libvirt',
  'proxmox',
  'proxmox-mapping',
] as const;

/** What people write into virtual machines because it was needed once (KVM had to be hidden from NVIDIA's driver before release 465). */
export const assignmentHabits = ['hides-kvm'] as const;

export const assignmentShape = v.object({
  kind: v.picklist(assignmentKinds),
  /** file and line: `/etc/pve/qemu-server/100.conf:12` */
  where: v.string(),
  /** functions that it names, also such as are not there any more */
  devices: v.array(addressShape),
  /** `10de:2684` where it names kinds of devices */
  ids: v.array(v.string()),
  /** name or number of the virtual machine */
  vm: v.nullable(v.string()),
  /** the virtual machine starts with the host; null: not told */
  startsAtBoot: v.nullable(v.boolean()),
  habits: v.array(v.picklist(assignmentHabits)),
});
export type Assignment = v.InferOutput<typeof assignmentShape>;
