import { parseAddress, type PciAddress } from '../address.ts';
import { e820Range, mostRanges } from '../firmware-table/e820.ts';
import type { MemoryRange } from '../firmware-table/shape.ts';
import { badRomsOf } from '../option-rom/bad-rom.ts';
import { readDmiLine, type DmiLine } from './dmi-line.ts';
import { groupChange } from './group-lines.ts';

/** A unit as `DMAR: dmar0: reg_base_addr …` tells it (drivers/iommu/intel/dmar.c alloc_iommu); numbers are `0x…`. */
export interface LoggedUnit {
  readonly name: string;
  readonly registerBase: string;
  readonly capability: string;
  readonly extendedCapability: string;
  /** `1:0` */
  readonly version: string;
}

/** What a kernel log tells about the machine. Null: no line says so, which a cut log explains as well as the machine. */
export interface KernelLog {
  release: string | null;
  commandLine: string | null;
  dmi: DmiLine | null;
  cpuModel: string | null;
  threads: number | null;
  memoryBytes: number | null;
  efi: boolean | null;
  secureBoot: boolean | null;
  underHypervisor: boolean | null;
  /** signatures of ACPI tables in the log's order */
  tables: string[];
  units: LoggedUnit[];
  /** IOMMUs of AMD, which are PCI functions */
  amdUnits: PciAddress[];
  /** the kernel said that it translates DMA; null: it did not say */
  dmaRemapping: boolean | null;
  interruptRemapping: boolean | null;
  bootVga: PciAddress | null;
  /** the firmware's memory map */
  memoryMap: MemoryRange[] | null;
  /** pcie_acs_override= was read (true), or is no option of this kernel (false) */
  acsOverride: boolean | null;
  /** functions whose ROM the kernel found to be none */
  badRoms: Set<PciAddress>;
  groups: Map<PciAddress, number>;
}

const hex = (text: string): string => `0x${text.toLowerCase().replace(/^0+(?=.)/, '')}`;

/** Each line of interest: how to know it, and what it says. Messages of kernels 4.4 to 6.19. */
const readings: readonly { starts: RegExp; read: (log: KernelLog, match: RegExpExecArray) => void }[] = [
  { starts: /^Linux version (\S{1,200})/, read: (log, [, release]) => (log.release ??= release ?? null) },
  {
    starts: /^(?:Kernel )?[Cc]ommand line: (.*)$/,
    read: (log, [, line]) => {
      // The early line is cut at COMMAND_LINE_SIZE and some logs hold only one of the two: the longer one is whole.
      if ((line ?? '').length > (log.commandLine ?? '').length) log.commandLine = line ?? null;
    },
  },
  { starts: /^DMI: (.*)$/, read: (log, [, text]) => (log.dmi ??= readDmiLine(text ?? '')) },
  {
    starts: /^(?:smpboot: )?CPU0: (.{3,120}) \(fam(?:ily)?: /,
    read: (log, [, model]) => (log.cpuModel ??= (model ?? '').trim().replace(/\s+/g, ' ')),
  },
  {
    starts: /^(?:smp|smpboot|x86): (?:x86: )?(?:Brought up|Booted up) (?:\d{1,4} nodes?, )?(\d{1,6}) CPUs/,
    read: (log, [, count]) => (log.threads ??= parseInt(count ?? '', 10)),
  },
  {
    starts: /^Memory: \d{1,15}K\/(\d{1,15})K available/,
    read: (log, [, kib]) => (log.memoryBytes ??= parseInt(kib ?? '', 10) * 1024),
  },
  { starts: /^efi: EFI v/, read: (log) => (log.efi = true) },
  {
    starts: /^(?:secureboot: )?Secure boot (enabled|disabled|could not be determined)/i,
    read: (log, [, state]) => {
      if (state !== 'could not be determined') log.secureBoot ??= state?.toLowerCase() === 'enabled';
    },
  },
  { starts: /^Hypervisor detected: /, read: (log) => (log.underHypervisor = true) },
  {
    starts: /^ACPI: ([A-Z0-9]{4}) (?:0x)?[0-9A-F]{8,16} /,
    read: (log, [, signature]) => {
      if (signature && !log.tables.includes(signature)) log.tables.push(signature);
    },
  },
  {
    starts:
      /^(?:DMAR|IOMMU): (?:(dmar\d{1,4}): |IOMMU (\d{1,4}): )?reg_base_addr ([0-9a-f]{1,16}) ver (\S{1,8}) cap ([0-9a-f]{1,16}) ecap ([0-9a-f]{1,16})/,
    read: (log, [, name, number, base, version, cap, ecap]) => {
      const unit = name ?? `dmar${number ?? log.units.length}`;
      if (log.units.some((each) => each.name === unit)) return;
      log.units.push({
        name: unit,
        registerBase: hex(base ?? '0'),
        capability: hex(cap ?? '0'),
        extendedCapability: hex(ecap ?? '0'),
        version: version ?? '',
      });
    },
  },
  {
    starts: /^(?:AMD-Vi: Found IOMMU at ([0-9a-f:.]{12,17}) |pci ([0-9a-f:.]{12,17}): AMD-Vi: Found IOMMU )/,
    read: (log, [, older, newer]) => {
      const unit = parseAddress(older ?? newer ?? '');
      if (unit && !log.amdUnits.includes(unit)) log.amdUnits.push(unit);
      log.dmaRemapping = true;
    },
  },
  { starts: /^(?:DMAR|PCI-DMA): Intel\(R\) Virtualization Technology for/, read: (log) => (log.dmaRemapping = true) },
  { starts: /^AMD-Vi: (?:Lazy IO\/TLB|IO\/TLB flush|Virtual APIC|Using )/, read: (log) => (log.dmaRemapping = true) },
  {
    starts: /^(?:DMAR-IR: |dmar: )?Enabled IRQ remapping in |^AMD-Vi: Interrupt remapping enabled/,
    read: (log) => (log.interruptRemapping = true),
  },
  {
    starts:
      /^AMD-Vi: (?:Interrupt remapping disabled|Disabling interrupt remapping)|^(?:DMAR-IR: )?(?:Failed to enable (?:irq|interrupt) remapping|Not enabling interrupt remapping)/,
    read: (log) => (log.interruptRemapping ??= false),
  },
  {
    starts:
      /^(?:pci )?([0-9a-f:.]{12,17}): vgaarb: (?:setting as boot (?:VGA )?device|boot VGA device)|^vgaarb: setting as boot (?:VGA )?device: PCI:([0-9a-f:.]{12,17})/,
    read: (log, [, newer, older]) => (log.bootVga = parseAddress(newer ?? older ?? '')),
  },
  {
    starts: /^BIOS-e820: \[mem /,
    read: (log, match) => {
      const range = e820Range(match.input);
      if (range && (log.memoryMap?.length ?? 0) < mostRanges) (log.memoryMap ??= []).push(range);
    },
  },
  // The patch itself says so, with a stack trace behind it (its pcie_acs_override_setup).
  { starts: /^(?:PCI: )?Warning: PCIe ACS overrides enabled/, read: (log) => (log.acsOverride = true) },
  {
    // init/main.c print_unknown_bootoptions: what no part of the kernel has read.
    starts: /^Unknown kernel command line parameters "[^"]*\bpcie_acs_override=/,
    read: (log) => (log.acsOverride = false),
  },
  {
    starts: /^\S{1,40} [0-9a-f]{4,8}:[0-9a-f:.]{7}: Invalid PCI ROM/,
    read: (log, match) => {
      for (const bad of badRomsOf(match.input)) log.badRoms.add(bad);
    },
  },
];

/** Reads messages without their stamps (`logLine`), in the log's order. */
export function readKernelLog(messages: Iterable<string>): KernelLog {
  const log: KernelLog = {
    release: null,
    commandLine: null,
    dmi: null,
    cpuModel: null,
    threads: null,
    memoryBytes: null,
    efi: null,
    secureBoot: null,
    underHypervisor: null,
    tables: [],
    units: [],
    amdUnits: [],
    dmaRemapping: null,
    interruptRemapping: null,
    bootVga: null,
    memoryMap: null,
    acsOverride: null,
    badRoms: new Set(),
    groups: new Map(),
  };
  for (const message of messages) {
    const change = groupChange(message);
    if (change?.joins) log.groups.set(change.device, change.group);
    else if (change) log.groups.delete(change.device);
    for (const { starts, read } of readings) {
      const match = starts.exec(message);
      if (match) read(log, match);
    }
  }
  return log;
}

const concern =
  /\b(?:iommu|dmar|amd-vi|ivrs|vfio|kvm|vgaarb|x2apic|acs|sriov|sr-iov|dmi|linux version|command line)\b|^(?:pci|pcieport|vfio-pci|nvidia|nouveau|amdgpu|i915|nvme|xhci_hcd) [0-9a-f]{4,8}:/i;

/** Whether a message is worth keeping with a machine: the IOMMU, VFIO, KVM, PCI devices and who the machine is. */
export const concernsPassthrough = (message: string): boolean => concern.test(message);
