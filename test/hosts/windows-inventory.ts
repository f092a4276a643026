import type { Row } from '../../main/machine/windows/inventory.ts';

// Made by hand, not on a Windows: values as the documentation of each cmdlet and class shows them, and the property values
// of pciprop.h. A desktop with a card below a root port, an NVMe disk, a keyboard on a hub, and a switch of Hyper-V.

type Device = Row<'devices'>;
type Node = Row<'nodes'>;

const instanceOf = (ids: string, tail: string): string => `PCI\\${ids}\\${tail}`;

interface Facts extends Partial<Device> {
  readonly at: readonly [bus: number, device: number, fn: number];
  readonly ids: string;
  readonly class: readonly [base: number, sub: number, code: number];
}

export const device = ({ at: [bus, slot, fn], ids, class: [baseClass, subClass, interfaceCode], ...facts }: Facts): Device => ({
  instance: instanceOf(ids, `3&11583659&0&${(slot * 8 + fn).toString(16).padStart(2, '0')}`),
  name: null,
  parent: 'ACPI\\PNP0A08\\0',
  bus,
  address: slot * 0x10000 + fn,
  location: `PCI bus ${bus}, device ${slot}, function ${fn}`,
  hardwareIds: [`PCI\\${ids}`],
  type: 2,
  baseClass,
  subClass,
  interfaceCode,
  linkSpeed: null,
  linkWidth: null,
  maxLinkSpeed: null,
  maxLinkWidth: null,
  interrupts: 3,
  acsSupport: 2,
  acsUpHierarchy: 1,
  acsCapability: 0,
  ats: false,
  reservedMemory: false,
  ...facts,
});

export const rootPort = device({
  at: [0, 1, 0],
  ids: 'VEN_8086&DEV_1901&SUBSYS_86941043&REV_07',
  class: [6, 4, 0],
  type: 8,
  acsSupport: 0,
  acsCapability: 0x1d,
  name: 'Intel(R) PCIe Controller (x16) - 1901',
});
const below = { parent: rootPort.instance } as const;

export const card = device({
  at: [1, 0, 0],
  ids: 'VEN_10DE&DEV_2684&SUBSYS_51041462&REV_A1',
  class: [3, 0, 0],
  ...below,
  type: 3,
  linkSpeed: 1,
  linkWidth: 16,
  maxLinkSpeed: 4,
  maxLinkWidth: 16,
  name: 'NVIDIA GeForce RTX 4090',
});
const cardSound = device({ at: [1, 0, 1], ids: 'VEN_10DE&DEV_22BA&SUBSYS_51041462&REV_A1', class: [4, 3, 0], ...below });
const controller = device({ at: [0, 20, 0], ids: 'VEN_8086&DEV_A36D&SUBSYS_86941043&REV_10', class: [12, 3, 0x30], type: 4 });
const storagePort = device({
  at: [0, 29, 0],
  ids: 'VEN_8086&DEV_A330&SUBSYS_86941043&REV_F0',
  class: [6, 4, 0],
  type: 8,
  acsSupport: 0,
  acsCapability: 0x1d,
});
const nvme = device({
  at: [2, 0, 0],
  ids: 'VEN_144D&DEV_A80A&SUBSYS_A801144D&REV_00',
  class: [1, 8, 2],
  parent: storagePort.instance,
});
const host = device({ at: [0, 0, 0], ids: 'VEN_8086&DEV_3E30&SUBSYS_86941043&REV_0A', class: [6, 0, 0], type: 0, acsUpHierarchy: null });
const network = device({ at: [0, 31, 6], ids: 'VEN_8086&DEV_15BC&SUBSYS_86721043&REV_10', class: [2, 0, 0], type: 0, acsUpHierarchy: null });

const node = (instance: string, parent: string | null, setupClass: string, name: string): Node => ({
  instance,
  parent,
  class: setupClass,
  name,
});

export const secrets = ['S6B0NG0R123456', '0A1B2C3D4E5F', 'fe80::1c2d:3e4f:5a6b:7c8d', '192.0.2.77'] as const;

const rootHub = 'USB\\ROOT_HUB30\\4&2c5b9de1&0&0';
const hub = 'USB\\VID_05E3&PID_0610\\5&3b1a&0&4';
const keyboard = 'USB\\VID_046D&PID_C31C\\6&2a9b&0&2';

/** The inventory as the collector would write it of this machine, parsed from JSON. */
export const inventory = (sections: Readonly<Record<string, unknown>> = {}, more: Readonly<Record<string, unknown>> = {}) => ({
  format: 'slotwise-windows',
  version: 1,
  collectedAt: '2026-01-02T03:04:05Z',
  elevated: true,
  powershell: '5.1.26100.2161',
  missing: [],
  ...more,
  sections: {
    computer: [{ maker: 'ASUS', model: 'System Product Name', hypervisorPresent: false, memoryBytes: 34282659840 }],
    board: [{ maker: 'ASUSTeK COMPUTER INC.', product: 'ROG STRIX Z390-E GAMING' }],
    firmware: [{ version: '2417', date: '2021-06-02' }],
    processors: [
      {
        name: 'Intel(R) Core(TM) i9-9900K CPU @ 3.60GHz',
        maker: 'GenuineIntel',
        threads: 16,
        virtualizationInFirmware: true,
        monitorExtensions: true,
      },
    ],
    deviceGuard: [{ available: [1, 2, 3] }],
    boot: [{ firmwareType: 2, secureBoot: true }],
    tables: [],
    devices: [host, rootPort, controller, storagePort, network, card, cardSound, nvme],
    nodes: [
      node(rootHub, controller.instance, 'USB', 'USB Root Hub (USB 3.0)'),
      node(hub, rootHub, 'USB', 'Generic USB Hub'),
      node(keyboard, hub, 'USB', 'USB Composite Device'),
      node(keyboard.replace('C31C', 'C31C&MI_00'), keyboard, 'HIDClass', 'USB Input Device'),
      node('HID\\VID_046D&PID_C31C&MI_00\\7&1&0&0000', keyboard.replace('C31C', 'C31C&MI_00'), 'Keyboard', 'HID Keyboard Device'),
      node(`USB\\VID_0781&PID_5581\\${secrets[1]}`, rootHub, 'USB', 'USB Mass Storage Device'),
      node(
        `USBSTOR\\DISK&VEN_SANDISK&PROD_ULTRA&REV_1.00\\${secrets[1]}&0`,
        `USB\\VID_0781&PID_5581\\${secrets[1]}`,
        'DiskDrive',
        'SanDisk Ultra USB Device',
      ),
      node(`SCSI\\DISK&VEN_NVME&PROD_SAMSUNG_SSD_980\\${secrets[0]}`, nvme.instance, 'DiskDrive', 'Samsung SSD 980 PRO 1TB'),
      node('DISPLAY\\GSM5B08\\5&1234&0&UID4352', card.instance, 'Monitor', 'Generic PnP Monitor'),
    ],
    disks: [
      {
        number: 0,
        instance: `SCSI\\Disk&Ven_NVMe&Prod_Samsung_SSD_980\\${secrets[0]}`,
        model: 'Samsung SSD 980 PRO 1TB',
        bytes: 1000202273280,
      },
      {
        number: 1,
        instance: `USBSTOR\\Disk&Ven_SanDisk&Prod_Ultra&Rev_1.00\\${secrets[1]}&0`,
        model: 'SanDisk Ultra USB Device',
        bytes: 61520209920,
      },
    ],
    partitions: [
      { disk: 0, letter: null, boot: false, system: true },
      { disk: 0, letter: 'C', boot: true, system: false },
      { disk: 1, letter: 'E', boot: false, system: false },
    ],
    volumes: [
      { letter: 'C', fileSystem: 'NTFS' },
      { letter: 'E', fileSystem: 'exFAT' },
    ],
    adapters: [
      { name: 'Ethernet', index: 7, instance: network.instance, status: 'Up', type: 6 },
      { name: 'vEthernet (Default Switch)', index: 23, instance: 'ROOT\\VMS_MP\\0000', status: 'Up', type: 6 },
    ],
    addresses: [
      { index: 7, address: secrets[3], prefix: 24 },
      { index: 7, address: `${secrets[2]}%7`, prefix: 64 },
    ],
    routes: [{ index: 7 }],
    ...sections,
  },
});
