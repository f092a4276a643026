/** How a value stands in the inventory; any may be null, where Windows has nothing to tell. */
export type FieldKind = 'text' | 'number' | 'flag' | 'texts' | 'numbers';

export interface Field {
  readonly kind: FieldKind;
  /** the value in PowerShell's words, of the object `$_` that its section lists: what may stand between parentheses */
  readonly from: string;
}

export interface Section {
  /** lists the section's objects; cmdlets and classes that come with Windows 10 and Server 2016, and nothing that changes anything */
  readonly each: string;
  /** the section has one object; otherwise any number */
  readonly single: boolean;
  readonly fields: Readonly<Record<string, Field>>;
}

const text = (from: string) => ({ kind: 'text', from }) as const;
const number = (from: string) => ({ kind: 'number', from }) as const;
const flag = (from: string) => ({ kind: 'flag', from }) as const;
const texts = (from: string) => ({ kind: 'texts', from }) as const;
const numbers = (from: string) => ({ kind: 'numbers', from }) as const;

/** A property of devpkey.h, by the name that Get-PnpDeviceProperty gives it. */
const key = (name: string): string => `$_.Properties['DEVPKEY_Device_${name}']`;

/** One of pciprop.h of the Windows SDK, by its number; Get-PnpDeviceProperty shows it by name or by set and number. */
const pciKey = (name: string, pid: number): string => `Get-PciProperty $_.Properties '${name}' ${pid}`;

/**
 * All that the Windows collector asks and the reader understands, so that neither can drift from the other. Serial numbers,
 * hardware addresses and the computer's name are not asked for; instance ids of USB devices hold a serial number all the
 * same, and are never carried into a machine.
 */
export const sections = {
  /** Win32_ComputerSystem (learn.microsoft.com, CIM Win32 provider) */
  computer: {
    each: 'Get-CimInstance -ClassName Win32_ComputerSystem',
    single: true,
    fields: {
      maker: text('$_.Manufacturer'),
      model: text('$_.Model'),
      hypervisorPresent: flag('$_.HypervisorPresent'),
      memoryBytes: number('$_.TotalPhysicalMemory'),
    },
  },
  board: {
    each: 'Get-CimInstance -ClassName Win32_BaseBoard',
    single: true,
    fields: { maker: text('$_.Manufacturer'), product: text('$_.Product') },
  },
  firmware: {
    each: 'Get-CimInstance -ClassName Win32_BIOS',
    single: true,
    fields: { version: text('$_.SMBIOSBIOSVersion'), date: text('Get-Day $_.ReleaseDate') },
  },
  processors: {
    each: 'Get-CimInstance -ClassName Win32_Processor',
    single: false,
    fields: {
      name: text('$_.Name'),
      maker: text('$_.Manufacturer'),
      threads: number('$_.NumberOfLogicalProcessors'),
      virtualizationInFirmware: flag('$_.VirtualizationFirmwareEnabled'),
      monitorExtensions: flag('$_.VMMonitorModeExtensions'),
    },
  },
  /** AvailableSecurityProperties: 1 virtualization, 2 secure boot, 3 DMA protection (DeviceGuardHardwareSecure of PowerShell's SDK) */
  deviceGuard: {
    each: 'Get-CimInstance -Namespace root/Microsoft/Windows/DeviceGuard -ClassName Win32_DeviceGuard',
    single: true,
    fields: { available: numbers('$_.AvailableSecurityProperties') },
  },
  /** GetFirmwareType: 1 BIOS, 2 UEFI (winnt.h FIRMWARE_TYPE); Confirm-SecureBootUEFI asks for an administrator */
  boot: {
    each: 'Get-BootFacts',
    single: true,
    fields: { firmwareType: number('$_.FirmwareType'), secureBoot: flag('$_.SecureBoot') },
  },
  /** ACPI tables by GetSystemFirmwareTable; the bytes of those that describe an IOMMU, in hexadecimal */
  tables: {
    each: 'Get-FirmwareTables',
    single: false,
    fields: { signature: text('$_.Signature'), bytes: text('$_.Bytes') },
  },
  /** PCI functions: Get-PnpDevice and Get-PnpDeviceProperty (module PnpDevice) */
  devices: {
    each: 'Get-PciFunctions',
    single: false,
    fields: {
      instance: text('$_.InstanceId'),
      name: text('$_.FriendlyName'),
      parent: text(key('Parent')),
      bus: number(key('BusNumber')),
      address: number(key('Address')),
      location: text(key('LocationInfo')),
      hardwareIds: texts(key('HardwareIds')),
      type: number(pciKey('DeviceType', 1)),
      baseClass: number(pciKey('BaseClass', 3)),
      subClass: number(pciKey('SubClass', 4)),
      interfaceCode: number(pciKey('ProgIf', 5)),
      linkSpeed: number(pciKey('CurrentLinkSpeed', 9)),
      linkWidth: number(pciKey('CurrentLinkWidth', 10)),
      maxLinkSpeed: number(pciKey('MaxLinkSpeed', 11)),
      maxLinkWidth: number(pciKey('MaxLinkWidth', 12)),
      interrupts: number(pciKey('InterruptSupport', 14)),
      acsSupport: number(pciKey('AcsSupport', 29)),
      acsUpHierarchy: number(pciKey('AcsCompatibleUpHierarchy', 31)),
      acsCapability: number(pciKey('AcsCapabilityRegister', 32)),
      ats: flag(pciKey('AtsSupport', 33)),
      reservedMemory: flag(pciKey('RequiresReservedMemoryRegion', 34)),
    },
  },
  /** what leads from a disk, a keyboard or a screen to its PCI function */
  nodes: {
    each: 'Get-OtherDevices',
    single: false,
    fields: {
      instance: text('$_.InstanceId'),
      parent: text('$_.Parent'),
      class: text('$_.Class'),
      name: text('$_.FriendlyName'),
    },
  },
  disks: {
    each: 'Get-CimInstance -ClassName Win32_DiskDrive',
    single: false,
    fields: {
      number: number('$_.Index'),
      instance: text('$_.PNPDeviceID'),
      model: text('$_.Model'),
      bytes: number('$_.Size'),
    },
  },
  /** Get-Partition (module Storage): IsBoot has Windows on it, IsSystem what the firmware starts */
  partitions: {
    each: 'Get-Partition',
    single: false,
    fields: {
      disk: number('$_.DiskNumber'),
      letter: text('Get-Letter $_.DriveLetter'),
      boot: flag('$_.IsBoot'),
      system: flag('$_.IsSystem'),
    },
  },
  volumes: {
    each: 'Get-Volume',
    single: false,
    fields: { letter: text('Get-Letter $_.DriveLetter'), fileSystem: text('$_.FileSystem') },
  },
  /** MSFT_NetAdapter; InterfaceType 71 is IEEE 802.11 (IANA ifType) */
  adapters: {
    each: 'Get-NetAdapter',
    single: false,
    fields: {
      name: text('$_.Name'),
      index: number('$_.InterfaceIndex'),
      instance: text('$_.PnPDeviceID'),
      status: text('$_.Status'),
      type: number('$_.InterfaceType'),
    },
  },
  addresses: {
    each: 'Get-NetIPAddress',
    single: false,
    fields: {
      index: number('$_.InterfaceIndex'),
      address: text('$_.IPAddress'),
      prefix: number('$_.PrefixLength'),
    },
  },
  routes: {
    each: "Get-NetRoute | Where-Object { $_.DestinationPrefix -in '0.0.0.0/0', '::/0' }",
    single: false,
    fields: { index: number('$_.InterfaceIndex') },
  },
} as const satisfies Readonly<Record<string, Section>>;

export type SectionName = keyof typeof sections;
export const sectionNames = Object.keys(sections) as SectionName[];
