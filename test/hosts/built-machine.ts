import * as v from 'valibot';
import { addressShape, type PciAddress } from '../../main/machine/address.ts';
import { measured, unknown, type Fact } from '../../main/machine/fact.ts';
import type { Disk, Display, NetworkInterface, UsbDevice } from '../../main/machine/host-use.ts';
import { machineShape, type Group, type Machine } from '../../main/machine/machine.ts';
import { pciFunctionShape, type PciFunction } from '../../main/machine/pci-function.ts';

export const at = (text: string): PciAddress => v.parse(addressShape, text);

const untold = (where: string) => unknown('fuller-source', where);

interface FunctionFacts {
  readonly ids?: readonly [vendor: number, device: number, subsystemVendor?: number, subsystemDevice?: number] | null;
  readonly classCode?: number;
  readonly name?: string;
  readonly driver?: string | null;
  readonly parent?: string;
  readonly path?: string;
  readonly header?: PciFunction['header'];
  readonly bootVga?: boolean;
  readonly physicalFunction?: string;
  readonly enabledVfs?: number;
  readonly resetMethods?: readonly string[];
}

/** A function as a test needs it: an endpoint, below a port unless it sits on bus 0; what is not said is not known. */
export function functionAt(address: string, facts: FunctionFacts = {}): PciFunction {
  const [domain = '', bus = '', rest = ''] = address.split(':');
  const onRootBus = bus === '00';
  const hidden = (where: string) => untold(`/sys/bus/pci/devices/${address}/${where}`);
  const ids = facts.ids === undefined ? ([0x1b36, 0x0010] as const) : facts.ids;
  const [vendor = 0, device = 0, subsystemVendor = null, subsystemDevice = null] = ids ?? [];
  return v.parse(pciFunctionShape, {
    address: at(address),
    parent: facts.parent === undefined ? (onRootBus ? null : at(`${domain}:00:01.0`)) : at(facts.parent),
    path: facts.path ?? (onRootBus ? `${domain}:00/${rest}` : `${domain}:00/01.0/${rest}`),
    ids:
      ids === null
        ? hidden('vendor')
        : measured({ vendor, device, subsystemVendor, subsystemDevice, revision: 0 }, `/sys/bus/pci/devices/${address}/vendor`),
    classCode: facts.classCode === undefined ? hidden('class') : measured(facts.classCode, 'class'),
    names: { vendor: null, device: facts.name ?? null, subsystem: null, class: null },
    driver: facts.driver === undefined ? hidden('driver') : measured(facts.driver, 'driver'),
    header: facts.header ?? 'endpoint',
    multifunction: null,
    bridge: facts.header === 'bridge' ? { secondary: 1, subordinate: 1 } : null,
    configBytes: 0,
    capabilities: hidden('config'),
    express: hidden('config'),
    acs: hidden('config'),
    ats: hidden('config'),
    sriov:
      facts.enabledVfs === undefined
        ? hidden('config')
        : measured({ totalVfs: 8, enabledVfs: facts.enabledVfs, offset: 0, stride: 1, vfDevice: 1 }, 'sriov_numvfs'),
    physicalFunction: facts.physicalFunction === undefined ? null : at(facts.physicalFunction),
    resizableBars: hidden('config'),
    msi: hidden('config'),
    msix: hidden('config'),
    bars: hidden('resource'),
    resetMethods: facts.resetMethods === undefined ? hidden('reset_method') : measured([...facts.resetMethods], 'reset_method'),
    bootVga: facts.bootVga === undefined ? hidden('boot_vga') : measured(facts.bootVga, 'boot_vga'),
    numaNode: null,
  });
}

export const port = (address: string): PciFunction =>
  functionAt(address, { header: 'bridge', classCode: 0x060400, driver: 'pcieport', ids: [0x8086, 0x1901] });

export const group = (id: number, ...devices: string[]): Group => ({ id, devices: devices.map(at), type: null, reserved: [] });

export const disk = (name: string, behind: string, ...targets: string[]): Disk => ({
  name,
  model: null,
  bytes: null,
  behind: at(behind),
  mounts: targets.map((target) => ({ target, device: `${name}p1`, fileSystem: 'ext4' })),
});

export const nic = (name: string, behind: string | null, facts: Partial<NetworkInterface> = {}): NetworkInterface => ({
  name,
  behind: behind === null ? null : at(behind),
  addresses: [],
  defaultRoute: false,
  up: true,
  master: null,
  wireless: false,
  ...facts,
});

export const screen = (connector: string, behind: string, connected: boolean): Display => ({
  connector,
  behind: at(behind),
  connected,
});

export const usbDevice = (kind: UsbDevice['kind'], behind: string, product: string): UsbDevice => ({
  name: '1-1',
  product,
  behind: at(behind),
  kind,
});

export interface Told {
  readonly functions: readonly PciFunction[];
  readonly groups?: readonly Group[] | 'off';
  readonly disks?: readonly Disk[];
  readonly interfaces?: readonly NetworkInterface[];
  readonly displays?: readonly Display[];
  readonly usb?: readonly UsbDevice[];
  readonly cpu?: 'intel' | 'amd' | 'other';
  readonly virtualization?: 'vmx' | 'svm' | null;
  readonly underHypervisor?: boolean;
  readonly tables?: readonly string[];
  readonly commandLine?: string;
  readonly kernel?: string;
  readonly log?: readonly string[];
  readonly interruptRemapping?: boolean;
  readonly configFiles?: Readonly<Record<string, string>>;
  readonly distribution?: string | undefined;
  readonly idLike?: readonly string[];
  readonly bootLoader?: 'grub' | 'grub-bls' | 'systemd-boot' | 'proxmox-boot-tool' | 'other';
  readonly initramfs?: 'initramfs-tools' | 'dracut' | 'mkinitcpio' | 'booster' | 'other' | undefined;
  readonly proxmox?: boolean;
  readonly image?: NonNullable<Extract<Machine['image'], { known: true }>['value']>;
}

const told = <T>(value: T | undefined, where: string): Fact<T> =>
  value === undefined ? untold(where) : measured(value, where);

/** A machine that knows exactly what a test tells it. */
export function machineWith(facts: Told): Machine {
  const groups = '/sys/kernel/iommu_groups';
  const dmi = untold('/sys/class/dmi/id');
  const distribution =
    facts.distribution === undefined
      ? undefined
      : { id: facts.distribution, idLike: [...(facts.idLike ?? [])], version: null, name: facts.distribution };
  return v.parse(machineShape, {
    source: { kind: 'folder', name: 'a test', readAt: null, collectedAt: null, origin: null, partlyStaged: false },
    identity: { board: null, product: null, functions: [], provenance: 'assumed' },
    board: { vendor: dmi, product: dmi, systemVendor: dmi, systemProduct: dmi, firmwareVersion: dmi, firmwareDate: dmi },
    cpu: {
      vendor: told(facts.cpu, '/proc/cpuinfo'),
      model: untold('/proc/cpuinfo'),
      sockets: untold('/proc/cpuinfo'),
      threads: untold('/proc/cpuinfo'),
      virtualization: told(facts.virtualization, '/proc/cpuinfo'),
      underHypervisor: told(facts.underHypervisor, '/proc/cpuinfo'),
    },
    memoryBytes: untold('/proc/meminfo'),
    firmware: {
      tables: told(facts.tables?.map((signature) => ({ signature, data: null })), '/sys/firmware/acpi/tables'),
      efi: untold('/sys/firmware/efi'),
      secureBoot: untold('/sys/firmware/efi/efivars'),
    },
    kernel: {
      release: told(facts.kernel, '/proc/version'),
      commandLine: told(facts.commandLine, '/proc/cmdline'),
      bootId: untold('/proc/sys/kernel/random/boot_id'),
      log: told(facts.log, 'dmesg'),
    },
    distribution: told(distribution, '/etc/os-release'),
    bootLoader: told(facts.bootLoader, '/boot'),
    initramfs: told(facts.initramfs, '/usr/share'),
    proxmox: told(facts.proxmox, '/usr/bin/pveversion'),
    ...(facts.image === undefined ? {} : { image: told(facts.image, '/etc/os-release') }),
    asRoot: untold('root'),
    iommu: { units: untold('/sys/class/iommu'), interruptRemapping: told(facts.interruptRemapping, 'dmesg') },
    groups: facts.groups === 'off' ? unknown('iommu-on', groups) : told(facts.groups, groups),
    functions: facts.functions,
    disks: told(facts.disks, '/proc/self/mountinfo'),
    interfaces: told(facts.interfaces, '/sys/class/net'),
    displays: told(facts.displays, '/sys/class/drm'),
    usb: told(facts.usb, '/sys/bus/usb/devices'),
    configFiles: Object.entries(facts.configFiles ?? {}).map(([path, content]) => ({ path, content })),
    troubles: [],
  });
}

const card = {
  ids: [0x10de, 0x2684, 0x1462, 0x5104],
  classCode: 0x030000,
  name: 'AD102 [GeForce RTX 4090]',
  driver: 'nouveau',
} as const;
const cardSound = {
  ids: [0x10de, 0x22ba, 0x1462, 0x5104],
  classCode: 0x040300,
  name: 'HDMI audio',
  driver: 'snd_hda_intel',
} as const;

/** A desktop where all is well: a card with sound of its own behind a port, everything else apart. */
export const desktopFunctions = (): PciFunction[] => [
  functionAt('0000:00:00.0', { classCode: 0x060000, ids: [0x8086, 0x3e30], driver: null }),
  port('0000:00:01.0'),
  functionAt('0000:00:02.0', { classCode: 0x030000, ids: [0x8086, 0x3e98], name: 'UHD Graphics 630', driver: 'i915' }),
  functionAt('0000:00:14.0', { classCode: 0x0c0330, ids: [0x8086, 0xa36d], name: 'USB 3.1 xHCI', driver: 'xhci_hcd' }),
  functionAt('0000:00:1f.0', { classCode: 0x060100, ids: [0x8086, 0xa305], name: 'LPC', driver: null }),
  functionAt('0000:00:1f.3', { classCode: 0x040300, ids: [0x8086, 0xa348], name: 'HD Audio', driver: 'snd_hda_intel' }),
  functionAt('0000:00:1f.4', { classCode: 0x0c0500, ids: [0x8086, 0xa323], name: 'SMBus', driver: 'i801_smbus' }),
  functionAt('0000:01:00.0', card),
  functionAt('0000:01:00.1', cardSound),
  functionAt('0000:02:00.0', {
    classCode: 0x010802,
    ids: [0x144d, 0xa80a],
    name: 'NVMe 980 PRO',
    driver: 'nvme',
    path: '0000:00/1d.0/00.0',
  }),
  functionAt('0000:03:00.0', {
    classCode: 0x020000,
    ids: [0x8086, 0x15f3],
    name: 'I225-V',
    driver: 'igc',
    path: '0000:00/1c.0/00.0',
  }),
];

/** The same with a second card of the very same make, which stays. */
export const twinFunctions = (): PciFunction[] => [
  ...desktopFunctions(),
  functionAt('0000:04:00.0', { ...card, path: '0000:00/01.1/00.0' }),
  functionAt('0000:04:00.1', { ...cardSound, path: '0000:00/01.1/00.1' }),
];

export const desktopGroups = (): Group[] => [
  group(0, '0000:00:00.0'),
  group(1, '0000:00:01.0'),
  group(2, '0000:00:02.0'),
  group(3, '0000:00:14.0'),
  group(4, '0000:00:1f.0', '0000:00:1f.3', '0000:00:1f.4'),
  group(5, '0000:01:00.0', '0000:01:00.1'),
  group(6, '0000:02:00.0'),
  group(7, '0000:03:00.0'),
];

/** Debian on an Intel board, ready in every way. */
export const debian = {
  cpu: 'intel',
  virtualization: 'vmx',
  tables: ['DMAR'],
  commandLine: 'BOOT_IMAGE=/vmlinuz root=/dev/nvme0n1p2 ro quiet',
  kernel: '6.1.0-18-amd64',
  interruptRemapping: true,
  distribution: 'debian',
  bootLoader: 'grub',
  initramfs: 'initramfs-tools',
  proxmox: false,
} as const;
