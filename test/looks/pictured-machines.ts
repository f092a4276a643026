import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'valibot';
import { addressShape, type PciAddress } from '../../main/machine/address.ts';
import { known, type Fact } from '../../main/machine/fact.ts';
import type { Disk, NetworkInterface } from '../../main/machine/host-use.ts';
import { readRemappingHardware } from '../../main/machine/firmware-table/remapping-hardware.ts';
import type { IommuUnit, Machine } from '../../main/machine/machine.ts';
import { vtdUnitFields } from '../../main/machine/registers/unit-fields.ts';
import { dumps, shippedNames as pciNames } from '../hosts/corpus.ts';
import { dmar, drhd, rmrr, scope } from '../hosts/firmware-table.ts';
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

const report = (machine: Machine): Machine => ({
  ...machine,
  source: { ...machine.source, kind: 'report', partlyStaged: false },
});
const intelSample = (): Machine => {
  const found = stagings.find(({ name }) => name === 'intel-desktop');
  if (!found) throw new Error('the Intel desktop is no sample any more');
  return report(makeSample(found, pciNames));
};

/**
 * A desktop of Intel with the usual two units: one for the graphics in the processor, one for the rest. Addresses and
 * register values are those that Linux logs on such boards (`DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap … ecap …`).
 */
function twoUnits(machine: Machine): Machine {
  const graphics = scope(1, 0, [2, 0]);
  const table = dmar(
    5,
    drhd(0xfed90000, false, graphics),
    drhd(0xfed91000, true, scope(3, 0xf0, [0x1f, 0], 2)),
    rmrr(0x7b800000, 0x7fffffff, graphics),
    rmrr(0x79f46000, 0x79f65fff, scope(1, 0, [0x14, 0])),
  );
  const tables = staged([{ signature: 'DMAR', data: Buffer.from(table).toString('hex') }]);
  const remapping = readRemappingHardware({
    tables,
    functions: machine.functions,
    memoryMap: staged([]),
    ioApics: null,
  });
  const unit = (name: string, registerBase: string, capability: string, extendedCapability: string): IommuUnit => ({
    name,
    function: null,
    registerBase,
    capability,
    extendedCapability,
    moreFeatures: null,
    version: '1:0',
    fields: vtdUnitFields({ capability, extendedCapability }),
    devices: [],
  });
  return {
    ...machine,
    firmware: { ...machine.firmware, tables, remapping },
    iommu: {
      interruptRemapping: staged(true),
      units: staged([
        unit('dmar0', '0xfed90000', '0x1c0000c40660462', '0x19e2ff0505e'),
        unit('dmar1', '0xfed91000', '0xd2008c40660462', '0xf050da'),
      ]),
    },
  };
}

/** A maker that lets Linux read the firmware's menus, and a host of which the whole way to its kernel is known. */
const readableFirmware = (machine: Machine): Machine => ({
  ...machine,
  board: { ...machine.board, vendor: staged('LENOVO'), systemVendor: staged('LENOVO'), product: staged('3132') },
  firmware: {
    ...machine.firmware,
    tables: staged([{ signature: 'FACP', data: null }]),
    efi: staged(true),
    secureBoot: staged(false),
    settings: staged([
      {
        driver: 'thinklmi',
        name: 'VTdFeature',
        label: 'VT-d Feature',
        value: 'Disabled',
        choices: ['Disabled', 'Enabled'],
      },
      {
        driver: 'thinklmi',
        name: 'VirtualizationTechnology',
        label: 'Intel(R) Virtualization Technology',
        value: 'Enabled',
        choices: ['Disabled', 'Enabled'],
      },
      { driver: 'thinklmi', name: 'SecureBoot', label: 'Secure Boot', value: null, choices: [] },
    ]),
    settingsPending: staged(true),
  },
  iommu: { units: staged([]), interruptRemapping: staged(false) },
  groups: { known: false, needs: 'iommu-on', where: '/sys/kernel/iommu_groups' },
  kernel: {
    ...machine.kernel,
    acsOverridePatch: staged(false),
    config: staged([
      { name: 'INTEL_IOMMU', value: 'y' },
      { name: 'VFIO_PCI', value: 'm' },
      { name: 'VFIO_NOIOMMU', value: 'n' },
    ]),
  },
});

/** Names of a person, a host and a network, where such names stand on real machines. */
const withNames = (machine: Machine): Machine => ({
  ...machine,
  kernel: {
    ...machine.kernel,
    commandLine: staged(
      'BOOT_IMAGE=/boot/vmlinuz root=UUID=6f1c1e9e-9d5a-4b3e-8a47-1f2d3c4b5a69 ro systemd.hostname=tower-of-anna quiet',
    ),
    log: staged([
      '[    1.204711] tower-of-anna: r8169 0000:02:00.0 eth0: RTL8168h, 52:54:00:aa:bb:cc, IRQ 129',
      '[    1.623344] DMAR: Host address width 39',
      '[   12.009120] audit: exe="/home/anna/bin/vm" hostname=tower-of-anna addr=10.11.12.13',
    ]),
  },
  configFiles: [{ path: '/etc/modules', content: '# what Anna wrote here\nvfio\nvfio_pci\n' }],
});

const machines = {
  'two-units': () => twoUnits(intelSample()),
  'readable-firmware': () => readableFirmware(intelSample()),
  'with-names': () => withNames(intelSample()),
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
