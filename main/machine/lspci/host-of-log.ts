import { foreignRoot } from '../architecture.ts';
import { known, measured, unknown, valueOr, type Fact } from '../fact.ts';
import type { KernelLog } from '../kernel-log/kernel-log.ts';
import type { Machine } from '../machine.ts';
import { overridePatchOf } from '../system/acs-override.ts';
import type { PciFunction } from '../pci-function.ts';
import { vtdUnitFields } from '../registers/unit-fields.ts';
import { isFiller } from '../sysfs/board.ts';

type Host = Pick<
  Machine,
  | 'board'
  | 'cpu'
  | 'memoryBytes'
  | 'firmware'
  | 'kernel'
  | 'distribution'
  | 'bootLoader'
  | 'initramfs'
  | 'proxmox'
  | 'iommu'
>;

const where = (part: string): string => `kernel log, ${part}`;
/** What board makers leave in fields that they did not fill names nothing. */
const written = (text: string | null | undefined): string | null => (text == null || isFiller(text) ? null : text);
const fact = <T>(value: T | null, part: string): Fact<T> =>
  value === null ? unknown('fuller-source', where(part)) : measured(value, where(part));

/** What a text tells about the host itself: all of it from kernel log lines, the CPU's maker from the host bridge too. */
export function hostOfLog(log: KernelLog, functions: readonly PciFunction[], grouped: boolean): Host {
  const { dmi } = log;
  return {
    board: {
      // The DMI line names the system's vendor, not the board's.
      vendor: unknown('fuller-source', '/sys/class/dmi/id/board_vendor'),
      product: fact(written(dmi?.board), 'DMI'),
      systemVendor: fact(written(dmi?.systemVendor), 'DMI'),
      systemProduct: fact(written(dmi?.systemProduct), 'DMI'),
      firmwareVersion: fact(dmi?.firmwareVersion ?? null, 'DMI'),
      firmwareDate: fact(dmi?.firmwareDate ?? null, 'DMI'),
    },
    cpu: {
      vendor: cpuVendor(log, functions),
      model: fact(log.cpuModel, 'CPU0'),
      sockets: unknown('fuller-source', '/proc/cpuinfo'),
      threads: fact(log.threads, 'Brought up'),
      virtualization: unknown('fuller-source', '/proc/cpuinfo'),
      underHypervisor: fact(log.underHypervisor, 'Hypervisor detected'),
    },
    memoryBytes: fact(log.memoryBytes, 'Memory'),
    firmware: {
      tables: tables(log),
      efi: fact(log.efi, 'efi'),
      secureBoot: fact(log.secureBoot, 'Secure boot'),
      memoryMap: fact(log.memoryMap, 'BIOS-e820'),
      // The bytes of the tables are in no log.
      remapping: unknown('fuller-source', '/sys/firmware/acpi/tables'),
      settings: unknown('fuller-source', '/sys/class/firmware-attributes'),
      settingsPending: unknown('fuller-source', '/sys/class/firmware-attributes'),
    },
    kernel: {
      release: fact(log.release, 'Linux version'),
      commandLine: fact(log.commandLine, 'Command line'),
      bootId: unknown('fuller-source', '/proc/sys/kernel/random/boot_id'),
      log: unknown('fuller-source', 'kernel log'),
      config: unknown('fuller-source', '/boot/config'),
      acsOverridePatch: log.acsOverride === null ? overridePatchOf(log.release) : fact(log.acsOverride, 'PCIe ACS'),
    },
    distribution: unknown('fuller-source', '/etc/os-release'),
    bootLoader: unknown('fuller-source', '/boot'),
    initramfs: unknown('fuller-source', '/etc'),
    proxmox: log.release?.endsWith('-pve')
      ? known(true, 'derived', where('Linux version'))
      : unknown('fuller-source', '/etc/pve'),
    iommu: { units: units(log, functions, grouped), interruptRemapping: fact(log.interruptRemapping, 'IRQ remapping') },
  };
}

function cpuVendor(log: KernelLog, functions: readonly PciFunction[]): Machine['cpu']['vendor'] {
  if (log.cpuModel !== null) {
    const maker = /\bIntel\b/.test(log.cpuModel)
      ? 'intel'
      : /\b(?:AMD|Ryzen|EPYC)\b/.test(log.cpuModel)
        ? 'amd'
        : 'other';
    return known(maker, 'derived', where('CPU0'));
  }
  const foreign = foreignRoot(functions);
  if (foreign !== null) return known('other', 'derived', `root port ${foreign.address}`);
  const host = functions.find((fn) => fn.parent === null && valueOr(fn.classCode, 0) >>> 8 === 0x0600);
  const ids = host ? valueOr(host.ids, null) : null;
  // A hypervisor's chipset says nothing about the CPU under it: QEMU shows an Intel one (subsystem 1af4) on AMD as well.
  if (!host || !ids || ids.subsystemVendor === 0x1af4) return unknown('fuller-source', where('CPU0'));
  if (ids.vendor === 0x8086) return known('intel', 'derived', `host bridge ${host.address}`);
  if (ids.vendor === 0x1022) return known('amd', 'derived', `host bridge ${host.address}`);
  return unknown('fuller-source', where('CPU0'));
}

/** A log that shows the tables of every machine, or the one that matters, is taken as the whole list. */
function tables({ tables: signatures }: KernelLog): Machine['firmware']['tables'] {
  const whole =
    ['DMAR', 'IVRS'].some((name) => signatures.includes(name)) ||
    ['FACP', 'APIC'].every((name) => signatures.includes(name));
  return whole
    ? measured(
        signatures.map((signature) => ({ signature, data: null })),
        where('ACPI'),
      )
    : unknown('fuller-source', where('ACPI'));
}

/**
 * Intel's units are listed whether or not the kernel uses them, and AMD's are functions in any case: both count once
 * something says that DMA is translated, a line of the log or groups.
 */
function units(log: KernelLog, functions: readonly PciFunction[], grouped: boolean): Machine['iommu']['units'] {
  const nothing = unknown('fuller-source', where('DMAR'));
  if (log.dmaRemapping !== true && !grouped) return nothing;
  if (log.units.length > 0) {
    return measured(
      log.units.map((unit) => ({
        ...unit,
        function: null,
        moreFeatures: null,
        fields: vtdUnitFields(unit),
        devices: [],
      })),
      where('DMAR'),
    );
  }
  const found = functions.filter((fn) => valueOr(fn.classCode, 0) >>> 8 === 0x0806).map((fn) => fn.address);
  const amd = log.amdUnits.length > 0 ? log.amdUnits : found;
  const list = amd.map((fn, index) => ({
    name: `ivhd${index}`,
    function: fn,
    registerBase: null,
    capability: null,
    extendedCapability: null,
    moreFeatures: null,
    version: null,
    fields: [],
    devices: [],
  }));
  return list.length > 0 ? known(list, 'derived', log.amdUnits.length > 0 ? where('AMD-Vi') : 'class 0806') : nothing;
}
