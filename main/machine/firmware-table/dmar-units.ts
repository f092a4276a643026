import type { DmarStructure } from '../acpi/dmar-structures.ts';
import type { DmarTable } from '../acpi/decode-table.ts';
import { upstream, type Device } from '../grouping/device.ts';
import { isPciScope, type ScopeIndex } from './scope-index.ts';

export type DmarUnit = Extract<DmarStructure, { type: 'DRHD' }> & {
  /** place in the table, from 0 */
  readonly structure: number;
};

export const dmarUnitsOf = (table: DmarTable): DmarUnit[] =>
  table.structures.flatMap((each, structure) => (each.type === 'DRHD' ? [{ ...each, structure }] : []));

export const takesTheRest = (unit: DmarUnit): boolean => unit.flags.includes('INCLUDE_PCI_ALL');

/**
 * Which unit owns a function, as drivers/iommu/intel/iommu.c device_lookup_iommu finds it. Units that name functions come
 * before those that take the rest of their segment, whatever the table's order (dmar.c dmar_register_drhd_unit puts the
 * former in front, so that the last of them is asked first), and what hangs below a named bridge is its unit's too,
 * whatever kind of scope names the bridge (is_downstream_to_pci_bridge).
 */
export function dmarOwners(units: readonly DmarUnit[], index: ScopeIndex): (device: Device) => DmarUnit | null {
  const order = [...units.filter((unit) => !takesTheRest(unit)).reverse(), ...units.filter(takesTheRest)];
  /** by function: the place in `order` of the first unit that names it; a function goes to one unit only (dmar_pci_bus_add_dev) */
  const named = new Map<Device, number>();
  for (const [place, unit] of order.entries()) {
    if (takesTheRest(unit)) continue;
    for (const scope of unit.scope) {
      const match = isPciScope(scope) ? index.find(scope, unit.segment) : null;
      if (match && !named.has(match.device)) named.set(match.device, place);
    }
  }
  const rest = new Map<number, DmarUnit>();
  for (const unit of order) if (takesTheRest(unit) && !rest.has(unit.segment)) rest.set(unit.segment, unit);
  return (device) => {
    const places = upstream(device).flatMap((each) => named.get(each) ?? []);
    const explicit = places.length === 0 ? undefined : order[Math.min(...places)];
    return explicit ?? rest.get(device.domain) ?? null;
  };
}
