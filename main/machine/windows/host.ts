import { known, measured, unknown, type Fact } from '../fact.ts';
import { readRemappingHardware } from '../firmware-table/remapping-hardware.ts';
import { ioApicsOf } from '../firmware-table/io-apics.ts';
import { bytesOfHex } from '../firmware-table/table-hex.ts';
import type { Machine } from '../machine.ts';
import type { PciFunction } from '../pci-function.ts';
import { isFiller } from '../sysfs/board.ts';
import type { Inventory } from './inventory.ts';

const told = <T>(value: T | null | undefined, where: string): Fact<T> =>
  value === null || value === undefined ? unknown('fuller-source', where) : measured(value, where);

const named = (value: string | null | undefined, where: string): Fact<string> => {
  const word = value?.trim() ?? '';
  return word === '' || isFiller(word) ? unknown('fuller-source', where) : measured(word, where);
};

/** Board and firmware by SMBIOS, the same words that Linux shows in /sys/class/dmi/id. */
export function boardOf({ sections }: Inventory): Machine['board'] {
  const board = sections.board?.[0];
  const computer = sections.computer?.[0];
  const firmware = sections.firmware?.[0];
  return {
    vendor: named(board?.maker, 'Win32_BaseBoard'),
    product: named(board?.product, 'Win32_BaseBoard'),
    systemVendor: named(computer?.maker, 'Win32_ComputerSystem'),
    systemProduct: named(computer?.model, 'Win32_ComputerSystem'),
    firmwareVersion: named(firmware?.version, 'Win32_BIOS'),
    firmwareDate: named(firmware?.date, 'Win32_BIOS'),
  };
}

const makers: Readonly<Record<string, 'intel' | 'amd'>> = { GenuineIntel: 'intel', AuthenticAMD: 'amd' };
const extensions = { intel: 'vmx', amd: 'svm' } as const;

/** Makers and models that hypervisors give to their guests [recall]. */
const guestModel =
  /^(?:virtual machine|vmware.*|virtualbox|kvm|standard pc.*|q35.*|bochs|hvm domu|google compute engine)$/i;

/**
 * While Windows' hypervisor runs, it hides the processor's extension from the system above it, and both flags read false
 * (learn.microsoft.com, systeminfo: "A hypervisor has been detected"); that it runs shows that the extension is on.
 */
export function cpuOf({ sections }: Inventory): Machine['cpu'] {
  const where = 'Win32_Processor';
  const [first] = sections.processors ?? [];
  const threads = (sections.processors ?? []).reduce((sum, each) => sum + (each.threads ?? 0), 0);
  const vendor = first?.maker == null ? null : (makers[first.maker] ?? 'other');
  const computer = sections.computer?.[0];
  const guest = guestModel.test(computer?.model?.trim() ?? '');
  const hypervisor = computer?.hypervisorPresent ?? null;
  const extension = vendor === 'intel' || vendor === 'amd' ? extensions[vendor] : null;
  const virtualization = (): Machine['cpu']['virtualization'] => {
    if (extension === null || first === undefined) return unknown('fuller-source', where);
    if (hypervisor === true)
      return guest ? unknown('linux', where) : known(extension, 'derived', 'Win32_ComputerSystem, HypervisorPresent');
    if (first.virtualizationInFirmware === null || first.monitorExtensions === null) return unknown('linux', where);
    const on = first.virtualizationInFirmware && first.monitorExtensions;
    return measured(on ? extension : null, `${where}, VirtualizationFirmwareEnabled`);
  };
  return {
    vendor: told(vendor, where),
    model: named(first?.name, where),
    sockets: told(sections.processors?.length, where),
    threads: threads === 0 ? unknown('fuller-source', where) : measured(threads, where),
    virtualization: virtualization(),
    underHypervisor: hypervisor === false ? measured(false, 'Win32_ComputerSystem') : guestFact(guest, hypervisor),
  };
}

const guestFact = (guest: boolean, hypervisor: boolean | null): Fact<boolean> =>
  guest || hypervisor === true
    ? known(guest, 'derived', 'Win32_ComputerSystem, Model')
    : unknown('linux', 'HypervisorPresent');

const dmaProtection = 3;

export function firmwareOf({ sections, elevated }: Inventory, functions: readonly PciFunction[]): Machine['firmware'] {
  const tables = tablesOf(sections.tables);
  const boot = sections.boot?.[0];
  const madt = sections.tables?.find(({ signature }) => signature === 'APIC')?.bytes ?? null;
  const memoryMap = unknown('linux', '/proc/iomem');
  const available = sections.deviceGuard?.[0]?.available ?? null;
  return {
    tables,
    efi:
      boot?.firmwareType === 1 || boot?.firmwareType === 2
        ? measured(boot.firmwareType === 2, 'GetFirmwareType')
        : unknown('fuller-source', 'GetFirmwareType'),
    secureBoot:
      boot?.secureBoot == null
        ? unknown(elevated ? 'fuller-source' : 'administrator', 'Confirm-SecureBootUEFI')
        : measured(boot.secureBoot, 'Confirm-SecureBootUEFI'),
    dmaProtection:
      available === null
        ? unknown(elevated ? 'fuller-source' : 'administrator', 'Win32_DeviceGuard')
        : measured(available.includes(dmaProtection), 'Win32_DeviceGuard, AvailableSecurityProperties'),
    memoryMap,
    remapping: readRemappingHardware({
      tables,
      functions,
      memoryMap,
      ioApics: madt !== null && isHex(madt) ? ioApicsOf(bytesOfHex(madt)) : null,
    }),
    settings: unknown('linux', '/sys/class/firmware-attributes'),
    settingsPending: unknown('linux', '/sys/class/firmware-attributes'),
  };
}

/** Tables are at most some KB; a MADT of 256 processors has 4. */
const isHex = (text: string): boolean => text.length % 2 === 0 && /^[0-9a-f]{2,65536}$/i.test(text);

function tablesOf(rows: Inventory['sections']['tables']): Machine['firmware']['tables'] {
  const where = 'GetSystemFirmwareTable';
  if (rows === null || rows.length === 0) return unknown('fuller-source', where);
  const decoded = ['DMAR', 'IVRS'];
  return measured(
    rows.flatMap(({ signature, bytes }) => {
      if (signature === null || !/^[A-Z][A-Z0-9_]{3}$/.test(signature)) return [];
      const data = decoded.includes(signature) && bytes !== null && isHex(bytes) ? bytes.toLowerCase() : null;
      return [{ signature, data }];
    }),
    where,
  );
}
