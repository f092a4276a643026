import * as v from 'valibot';
import { addressShape } from './address.ts';
import { assignmentShape } from './assignments/shape.ts';
import { factShape, laterFactShape } from './fact.ts';
import { memoryRangeShape, remappingHardwareShape } from './firmware-table/shape.ts';
import { diskShape, displayShape, interfaceShape, soundCardShape, usbDeviceShape } from './host-use.ts';
import { pciFunctionShape } from './pci-function.ts';

/** `live` is this host; the others are read from files. `windows`: the collector's inventory of a Windows host. */
export const sourceKinds = ['live', 'folder', 'archive', 'report', 'lspci-text', 'windows', 'sample'] as const;

export const sourceShape = v.object({
  kind: v.picklist(sourceKinds),
  /** the file, folder or sample; the host name is never in it */
  name: v.string(),
  /** ISO 8601, when it was read by us */
  readAt: v.nullable(v.string()),
  /** when the machine was looked at, where the source says so */
  collectedAt: v.nullable(v.string()),
  /** where a sample comes from */
  origin: v.nullable(v.string()),
  /** some facts were made up for the sample and carry `assumed` */
  partlyStaged: v.boolean(),
});
export type MachineSource = v.InferOutput<typeof sourceShape>;

export const groupShape = v.object({
  id: v.pipe(v.number(), v.integer(), v.minValue(0)),
  devices: v.array(addressShape),
  /** the kernel's default domain: DMA, DMA-FQ, identity */
  type: v.nullable(v.string()),
  reserved: v.array(v.object({ start: v.string(), end: v.string(), kind: v.string() })),
});
export type Group = v.InferOutput<typeof groupShape>;

export const registerFieldShape = v.object({
  register: v.picklist(['capability', 'extended-capability', 'more-features']),
  /** highest and lowest bit */
  high: v.number(),
  low: v.number(),
  /** as the specification calls it; `bitN` where it has no name */
  name: v.string(),
  value: v.number(),
  /** what it means in a few words; empty where it has no name */
  meaning: v.string(),
});
export type RegisterField = v.InferOutput<typeof registerFieldShape>;

export const iommuUnitShape = v.object({
  /** `dmar0`, `ivhd0` */
  name: v.string(),
  /** an AMD unit is a PCI function itself */
  function: v.nullable(addressShape),
  registerBase: v.nullable(v.string()),
  capability: v.nullable(v.string()),
  /** VT-d: the extended capability register; AMD-Vi: the extended feature register */
  extendedCapability: v.nullable(v.string()),
  /** AMD-Vi: the second extended feature register, told since Linux 5.19 */
  moreFeatures: v.optional(v.nullable(v.string()), null),
  /** `1:0` as VT-d's version register says it; AMD's units have none */
  version: v.optional(v.nullable(v.string()), null),
  /** the two registers bit by bit, lowest first */
  fields: v.optional(v.array(registerFieldShape), () => []),
  devices: v.array(addressShape),
});
export type IommuUnit = v.InferOutput<typeof iommuUnitShape>;

export const bootLoaders = ['grub', 'systemd-boot', 'proxmox-boot-tool', 'grub-bls', 'other'] as const;
export type BootLoader = (typeof bootLoaders)[number];
export const initramfsTools = ['initramfs-tools', 'dracut', 'mkinitcpio', 'booster', 'other'] as const;
export type InitramfsTool = (typeof initramfsTools)[number];

export const distributionShape = v.object({
  id: v.string(),
  idLike: v.array(v.string()),
  version: v.nullable(v.string()),
  name: v.string(),
  /** os-release's VARIANT_ID, which names the image-based ones: `silverblue`, `kinoite`, `coreos` */
  variant: v.exactOptional(v.string()),
});
export type Distribution = v.InferOutput<typeof distributionShape>;

/** Systems whose `/usr` is an image, so that configuration goes another way than editing files and installing packages. */
export const imageKinds = [
  'ostree',
  'bootc',
  'nixos',
  'transactional',
  'steamos',
  'unraid',
  'truenas',
  'other',
] as const;
/** Systems made for running virtual machines, with their own way to give devices away. */
export const platforms = ['proxmox', 'unraid', 'truenas', 'xcp-ng', 'xen-dom0', 'harvester'] as const;
export type Platform = (typeof platforms)[number];

/** An option of the kernel's configuration: `y`, `m`, `n`, or its text. */
export const kernelOptionShape = v.object({ name: v.string(), value: v.string() });

/** A setting of the firmware's own menu, as Linux offers it (Documentation/ABI/testing/sysfs-class-firmware-attributes). */
export const firmwareSettingShape = v.object({
  /** the driver: `thinklmi`, `dell-wmi-sysman`, `hp-bioscfg` */
  driver: v.string(),
  name: v.string(),
  label: v.nullable(v.string()),
  /** null: root alone may read it, or the driver does not tell */
  value: v.nullable(v.string()),
  choices: v.array(v.string()),
});
export type FirmwareSetting = v.InferOutput<typeof firmwareSettingShape>;

export const boardShape = v.object({
  vendor: factShape(v.string()),
  product: factShape(v.string()),
  systemVendor: factShape(v.string()),
  systemProduct: factShape(v.string()),
  firmwareVersion: factShape(v.string()),
  firmwareDate: factShape(v.string()),
});

export const cpuShape = v.object({
  vendor: factShape(v.picklist(['intel', 'amd', 'other'])),
  model: factShape(v.string()),
  sockets: factShape(v.number()),
  threads: factShape(v.number()),
  /** the virtualization extension as the kernel shows it; null: its flag is missing */
  virtualization: factShape(v.nullable(v.picklist(['vmx', 'svm']))),
  /** this system is itself a virtual machine (the `hypervisor` flag) */
  underHypervisor: factShape(v.boolean()),
});

/** A configuration file of the host as it stands, for diffs. */
export const configFileShape = v.object({ path: v.string(), content: v.string() });

export const identityShape = v.object({
  board: v.nullable(v.string()),
  product: v.nullable(v.string()),
  /** sorted `path vendor:device subsystem` lines, one a function */
  functions: v.array(v.string()),
  /** `assumed` where DMI is missing and the functions alone stand for the machine */
  provenance: v.picklist(['measured', 'assumed']),
});
export type MachineIdentity = v.InferOutput<typeof identityShape>;

export const machineShape = v.object({
  source: sourceShape,
  identity: identityShape,
  board: boardShape,
  cpu: cpuShape,
  memoryBytes: factShape(v.number()),
  firmware: v.object({
    /** ACPI tables by signature; `data` in hex for the ones that matter here (DMAR, IVRS) */
    tables: factShape(v.array(v.object({ signature: v.string(), data: v.nullable(v.string()) }))),
    efi: factShape(v.boolean()),
    secureBoot: factShape(v.boolean()),
    /** Windows finds DMA protection to be available, which takes an IOMMU that the firmware has switched on */
    dmaProtection: v.exactOptional(factShape(v.boolean())),
    /** where memory is, by the firmware */
    memoryMap: laterFactShape(v.array(memoryRangeShape), '/proc/iomem'),
    /** DMAR or IVRS joined to the functions; null: the firmware has neither */
    remapping: laterFactShape(v.nullable(remappingHardwareShape), '/sys/firmware/acpi/tables'),
    /** settings of the firmware's menu that decide a passthrough, where the maker lets Linux read them */
    settings: laterFactShape(v.array(firmwareSettingShape), '/sys/class/firmware-attributes'),
    /** a changed setting waits for the next boot */
    settingsPending: laterFactShape(v.boolean(), '/sys/class/firmware-attributes'),
  }),
  kernel: v.object({
    release: factShape(v.string()),
    commandLine: factShape(v.string()),
    bootId: factShape(v.string()),
    /** lines of the kernel log that concern the IOMMU, VFIO and PCI */
    log: factShape(v.array(v.string())),
    /** options that decide a passthrough, in the order of system/kernel-config.ts */
    config: laterFactShape(v.array(kernelOptionShape), '/boot/config'),
    /** the out-of-tree patch that reads pcie_acs_override= is in this kernel */
    acsOverridePatch: laterFactShape(v.boolean(), 'kernel log'),
  }),
  distribution: factShape(distributionShape),
  bootLoader: factShape(v.picklist(bootLoaders)),
  initramfs: factShape(v.picklist(initramfsTools)),
  /** Proxmox VE's own tools are installed */
  proxmox: factShape(v.boolean()),
  /** the system is an image; null: an ordinary one, whose files are its own */
  image: laterFactShape(v.nullable(v.picklist(imageKinds)), '/etc/os-release'),
  platforms: laterFactShape(v.array(v.picklist(platforms)), '/etc/os-release'),
  asRoot: factShape(v.boolean()),
  iommu: v.object({
    units: factShape(v.array(iommuUnitShape)),
    interruptRemapping: factShape(v.boolean()),
  }),
  groups: factShape(v.array(groupShape)),
  functions: v.array(pciFunctionShape),
  disks: factShape(v.array(diskShape)),
  interfaces: factShape(v.array(interfaceShape)),
  displays: factShape(v.array(displayShape)),
  usb: factShape(v.array(usbDeviceShape)),
  sound: laterFactShape(v.array(soundCardShape), '/sys/class/sound'),
  /** what this host is configured to give away already */
  assignments: laterFactShape(v.array(assignmentShape), '/etc'),
  configFiles: v.array(configFileShape),
  /** the host's own name, where the source holds it: known so that a redacted report can leave it out everywhere */
  hostName: v.exactOptional(v.string()),
  /** what could not be read: the path and a code of machine/trouble.ts */
  troubles: v.array(v.object({ where: v.string(), code: v.string() })),
});
export type Machine = v.InferOutput<typeof machineShape>;
