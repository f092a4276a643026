import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'valibot';
import { addressShape, type PciAddress } from '../../main/machine/address.ts';
import { known, type Fact } from '../../main/machine/fact.ts';
import type { Disk, NetworkInterface } from '../../main/machine/host-use.ts';
import type { Machine } from '../../main/machine/machine.ts';
import { dumps, shippedNames as pciNames } from '../hosts/corpus.ts';
import { makeSample, sampleText } from '../samples/make-sample.ts';
import { stagings, type Staging } from '../samples/staging.ts';

const at = (address: string): PciAddress => parse(addressShape, address);
const staged = <T>(value: T): Fact<T> => known(value, 'assumed', 'staged for a picture');

const disk = (name: string, behind: string, mounts: readonly [string, string, string][]): Disk => ({
  name,
  model: null,
  bytes: null,
  behind: at(behind),
  mounts: mounts.map(([target, device, fileSystem]) => ({ target, device, fileSystem })),
});

const network = (name: string, behind: string, more: Partial<NetworkInterface> = {}): NetworkInterface => ({
  name,
  behind: at(behind),
  addresses: [],
  defaultRoute: false,
  up: false,
  master: null,
  wireless: false,
  ...more,
});

/** The desktop whose three cards share one group with its disks and its network. */
const riserDesktop: Staging = {
  name: 'riser-desktop',
  title: 'AMD desktop with three GPUs on one chipset',
  dump: 'msi-b550m-pro-vdh-5600',
  distribution: { id: 'ubuntu', idLike: ['debian'], version: '22.04', name: 'Ubuntu 22.04.3 LTS' },
  bootLoader: 'grub',
  initramfs: 'initramfs-tools',
  efi: true,
  commandLine: 'BOOT_IMAGE=/boot/vmlinuz root=/dev/sda2 ro quiet splash',
  bootDisplay: null,
  disks: [
    disk('sda', '0000:02:00.1', [['/', 'sda2', 'ext4']]),
    disk('nvme0n1', '0000:01:00.0', [['/srv', 'nvme0n1p1', 'ext4']]),
  ],
  interfaces: [
    network('enp42s0', '0000:2a:00.0', { addresses: ['192.0.2.40/24'], defaultRoute: true, up: true }),
    network('wlp41s0', '0000:29:00.0', { wireless: true }),
  ],
  displays: [],
  usb: [],
};

const workstation = (): Staging => {
  const found = stagings.find(({ name }) => name === 'amd-workstation');
  if (!found) throw new Error('the AMD workstation is no sample any more');
  return found;
};

/** What is known of a machine by somebody who sits at it as root, and no dump tells. */
const asSeenAtIt = (machine: Machine): Machine => ({
  ...machine,
  source: { ...machine.source, kind: 'report', partlyStaged: false },
  asRoot: staged(true),
  cpu: { ...machine.cpu, virtualization: staged('svm'), underHypervisor: staged(false) },
  iommu: { ...machine.iommu, interruptRemapping: staged(true) },
});

/** The same machine as it comes out of its box: the firmware's switch is off, so no table, no unit and no group is there. */
const beforeFirmware = (machine: Machine): Machine => ({
  ...machine,
  firmware: { ...machine.firmware, tables: staged([{ signature: 'FACP', data: null }]) },
  iommu: { units: staged([]), interruptRemapping: staged(false) },
  groups: staged([]),
  kernel: { ...machine.kernel, commandLine: staged('BOOT_IMAGE=/boot/vmlinuz-6.2.0-34-generic ro quiet splash') },
});

const machines = {
  'before-firmware': () => beforeFirmware(asSeenAtIt(makeSample(workstation(), pciNames))),
  workstation: () => asSeenAtIt(makeSample(workstation(), pciNames)),
  'riser-desktop': () => asSeenAtIt(makeSample(riserDesktop, pciNames)),
} satisfies Record<string, () => Machine>;
export type PicturedMachine = keyof typeof machines;

/** Why the pictures cannot be taken, or null. */
export const missingDumps = (): string | null => {
  const absent = [riserDesktop.dump, workstation().dump].filter((wanted) => !dumps.some(({ name }) => name === wanted));
  return absent.length === 0 ? null : `dumps of the corpus are absent: ${absent.join(', ')}`;
};

/** Writes the machine as a report; its file. The machines are those of the pictures that the look was drawn on. */
export function writePictured(folder: string, name: PicturedMachine): string {
  const file = join(folder, `${name}.slotwise.json`);
  writeFileSync(file, sampleText(machines[name]()));
  return file;
}
