import { valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import type { Evidence } from '../passthrough/finding.ts';
import { iommuState } from '../passthrough/iommu-state.ts';
import { firmwareTable, isMissing } from '../passthrough/requirements/firmware-table.ts';
import { evidenceFrom } from './evidence.ts';
import type { Saw } from './state.ts';

/** The ACPI table by which firmware announces an IOMMU; null: the source does not list the tables. */
export function remappingTable(machine: Machine): Saw['table'] {
  const table = firmwareTable(machine);
  const { situation, values } = table;
  if (isMissing(table)) return 'none';
  if (situation !== 'present') return null;
  return values['table'] === 'IVRS' ? 'IVRS' : 'DMAR';
}

/** How many groups the kernel made; 0: its IOMMU is off; null: the source does not tell. */
export function groupCount(machine: Machine): number | null {
  const state = iommuState(machine);
  return state === 'unknown' ? null : valueOr(machine.groups, []).length;
}

/** Whose menus to look for; read from the host bridge where the source does not name the CPU. */
export function platformOf(machine: Machine): 'intel' | 'amd' | 'other' | null {
  const { vendor } = machine.cpu;
  if (vendor.known) return vendor.value;
  const hostBridge = machine.functions.find((fn) => fn.classCode.known && fn.classCode.value >>> 8 === 0x0600);
  if (!hostBridge?.ids.known) return null;
  const { vendor: id } = hostBridge.ids.value;
  return id === 0x8086 ? 'intel' : id === 0x1022 ? 'amd' : null;
}

export function groupsEvidence(machine: Machine): Evidence {
  const count = groupCount(machine);
  return evidenceFrom(count === 0 ? 'no-groups' : 'groups-exist', machine.groups, count ? String(count) : null);
}
