import { valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';

/**
 * Whether the kernel's IOMMU works: it does when there are groups, for the kernel makes them with it
 * (drivers/iommu/iommu.c). A unit in /sys/class/iommu without groups has nothing to do.
 */
export function iommuState(machine: Machine): 'on' | 'off' | 'unknown' {
  if (machine.groups.known) return machine.groups.value.length > 0 ? 'on' : 'off';
  if (machine.groups.needs === 'iommu-on') return 'off';
  if (machine.iommu.units.known && machine.iommu.units.value.length === 0) return 'off';
  return 'unknown';
}

/** ACPI tables that announce an IOMMU on x86 (VT-d specification, section 8; AMD 48882, section 5). */
export const iommuTables = { DMAR: 'intel', IVRS: 'amd' } as const;
export type IommuTable = keyof typeof iommuTables;

/** The table that the firmware hands over; null: none, or the source does not tell. */
export function tablePresent(machine: Machine): IommuTable | null {
  const signatures = valueOr(machine.firmware.tables, []).map(({ signature }) => signature);
  return signatures.includes('DMAR') ? 'DMAR' : signatures.includes('IVRS') ? 'IVRS' : null;
}

/** Whose IOMMU this is: the table says so; without one the processor's maker does. */
export function iommuVendor(machine: Machine): 'intel' | 'amd' | null {
  const table = tablePresent(machine);
  if (table !== null) return iommuTables[table];
  const cpu = valueOr(machine.cpu.vendor, null);
  return cpu === 'other' ? null : cpu;
}
