import { decodeTable, isTableProblem, type DmarTable, type IvrsTable } from '../acpi/decode-table.ts';
import type { PciAddress } from '../address.ts';
import { dmarOwners, dmarUnitsOf } from '../firmware-table/dmar-units.ts';
import { ivrsOwners, ivrsUnitsOf, requesterOf } from '../firmware-table/ivrs-units.ts';
import { ScopeIndex } from '../firmware-table/scope-index.ts';
import { bytesOfHex } from '../firmware-table/table-hex.ts';
import type { Machine } from '../machine.ts';
import { isBehindVmd, vmdControllersOf } from './dma-aliases.ts';
import type { Device } from './device.ts';

/** What the firmware's table says about single functions. */
export interface UnitScope {
  readonly table: 'DMAR' | 'IVRS' | null;
  /** a unit owns it */
  readonly covers: (device: Device) => boolean;
  /** devfns on its bus that it also uses, by the table (AMD) */
  readonly aliases: (device: Device) => readonly number[];
}

const everything: UnitScope = { table: null, covers: () => true, aliases: () => [] };

/** Whom the units of the DMAR or IVRS in a machine own; everyone where it has no readable table. */
export function unitScope(machine: Machine, devices: ReadonlyMap<PciAddress, Device>): UnitScope {
  const tables = machine.firmware.tables.known ? machine.firmware.tables.value : [];
  for (const { signature, data } of tables) {
    if ((signature !== 'DMAR' && signature !== 'IVRS') || data === null) continue;
    const table = decodeTable(bytesOfHex(data));
    if (isTableProblem(table)) continue;
    // A table without any unit makes no IOMMU: nothing could be read from it.
    const scope = table.signature === 'DMAR' ? dmarScope(table, devices) : ivrsScope(table, devices);
    if (scope) return scope;
  }
  return everything;
}

/**
 * The function whose place in the table counts: the physical one of a virtual function, and behind Intel VMD the controller
 * (drivers/iommu/intel/iommu.c device_lookup_iommu, pci_real_dma_dev).
 */
export function listedAs(devices: ReadonlyMap<PciAddress, Device>): (device: Device) => Device {
  const controllers = vmdControllersOf([...devices.values()]);
  return (device) => {
    const real = isBehindVmd(device) ? (controllers.get(device.domain) ?? null) : device.physical;
    return (real === null ? undefined : devices.get(real)) ?? device;
  };
}

function dmarScope(table: DmarTable, devices: ReadonlyMap<PciAddress, Device>): UnitScope | null {
  const units = dmarUnitsOf(table);
  if (units.length === 0) return null;
  const ownerOf = dmarOwners(units, new ScopeIndex(devices.values()));
  const listed = listedAs(devices);
  // Of a VMD domain whose controller the source does not show, only that it is behind one is known.
  const hidden = (device: Device): boolean => isBehindVmd(listed(device));
  return {
    table: 'DMAR',
    aliases: () => [],
    covers: (device) => hidden(device) || ownerOf(listed(device)) !== null,
  };
}

function ivrsScope(table: IvrsTable, devices: ReadonlyMap<PciAddress, Device>): UnitScope | null {
  const units = ivrsUnitsOf(table);
  if (units.length === 0) return null;
  const { ownerOf, aliasOf } = ivrsOwners(units);
  const listed = listedAs(devices);
  const owned = (device: Device): boolean => ownerOf(device.domain, requesterOf(device)) !== null;
  return {
    table: 'IVRS',
    covers: (device) => owned(device) || owned(listed(device)),
    // Only one on the same bus is an alias to the PCI core as well (drivers/iommu/amd/iommu.c setup_aliases).
    aliases: (device) => {
      const to = aliasOf(device.domain, requesterOf(device));
      return to !== null && to >> 8 === device.bus ? [to & 0xff] : [];
    },
  };
}
