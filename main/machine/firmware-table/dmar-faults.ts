import type { DmarTable } from '../acpi/decode-table.ts';
import type { DeviceScope } from '../acpi/device-scope.ts';
import type { Device } from '../grouping/device.ts';
import type { PciFunction } from '../pci-function.ts';
import { dmarUnitsOf, takesTheRest } from './dmar-units.ts';
import { isPciScope, type ScopeIndex } from './scope-index.ts';
import type { ReservedRange, TableFault } from './shape.ts';
import { TableFaults } from './table-faults.ts';

const pageMask = 0xfffn;
const bridgeClass = 0x06;
const leastWidth = 12;

const ioApicScope = 3;
const namespaceScope = 5;

export interface DmarJoin {
  readonly devices: readonly Device[];
  readonly index: ScopeIndex;
  readonly headerOf: (device: Device) => PciFunction['header'];
  readonly ranges: readonly ReservedRange[];
  /** ids of the board's IOAPICs; null: not known */
  readonly ioApics: readonly number[] | null;
}

/**
 * What Linux complains about when it reads this table on this machine (drivers/iommu/intel/dmar.c, iommu.c and
 * irq_remapping.c, Linux 6.12), and scopes that name nothing, about which it is silent.
 */
export function dmarFaults(table: DmarTable, join: DmarJoin): TableFault[] {
  const faults = new TableFaults();
  const units = dmarUnitsOf(table);
  if (table.remarks.some(({ code }) => code === 'checksum')) faults.add('checksum');
  if (table.remarks.some(({ code }) => code === 'cut-short')) faults.add('cut-short');
  if (units.length === 0) faults.add('no-unit');
  if (table.hostAddressWidth < leastWidth) faults.add('narrow-address-width', null, String(table.hostAddressWidth));
  for (const [structure, each] of table.structures.entries()) {
    if (each.type === 'DRHD' && BigInt(each.registerBaseAddress) === 0n) faults.add('unit-without-address', structure);
    if ('scope' in each) scopeFaults(each.scope, each.segment, structure, join, faults);
    if (each.type === 'RMRR') {
      const start = BigInt(each.baseAddress);
      const end = BigInt(each.endAddress);
      const unaligned = (start & pageMask) !== 0n || ((end + 1n) & pageMask) !== 0n;
      if (unaligned || end <= start) faults.add('bad-range', structure, `${each.baseAddress}-${each.endAddress}`);
    }
    if (each.type === 'RHSA' && !units.some((unit) => unit.registerBaseAddress === each.registerBaseAddress)) {
      faults.add('affinity-without-unit', structure, each.registerBaseAddress);
    }
    if (each.type === 'ANDD') {
      if (each.deviceName.length >= each.length - 8) faults.add('name-without-end', structure, each.deviceName);
      const listed = units.some(({ scope }) =>
        scope.some(({ type, enumerationId }) => type === namespaceScope && enumerationId === each.deviceNumber),
      );
      if (!listed) faults.add('name-without-unit', structure, each.deviceName);
    }
  }
  // The specification wants such a unit last in its segment (VT-d 8.3); Linux sorts it there itself.
  for (const [at, unit] of units.entries()) {
    if (takesTheRest(unit) && units.slice(at + 1).some(({ segment }) => segment === unit.segment)) {
      faults.add('rest-not-last', unit.structure);
    }
  }
  for (const range of join.ranges) {
    // Said also of ranges beside the map: nothing reserved holds them.
    if (range.memory !== null && range.memory !== 'reserved') {
      faults.add('range-not-reserved', range.structure, `${range.start}-${range.end}`);
    }
  }
  if (table.flags.includes('INTR_REMAP')) ioApicFaults(units, join.ioApics, faults);
  return faults.list;
}

function scopeFaults(
  scopes: readonly DeviceScope[],
  segment: number,
  structure: number,
  { devices, index, headerOf }: DmarJoin,
  faults: TableFaults,
): void {
  for (const scope of scopes) {
    if (!isPciScope(scope) || devices.length === 0) continue;
    const match = index.find(scope, segment);
    if (!match) {
      const bus = scope.bus.toString(16).padStart(2, '0');
      faults.add('scope-without-device', structure, `${bus}:${scope.path.join('/')}`);
      continue;
    }
    const { device, byBusNumber } = match;
    if (byBusNumber) faults.add('scope-by-bus-number', structure, device.address);
    const header = headerOf(device);
    if (header === 'unknown') continue;
    const endpoint = header === 'endpoint';
    // Non-transparent bridges have an endpoint's header and a bridge's class, and may be listed as bridges.
    const mismatch = scope.type === 1 ? !endpoint : endpoint && device.classCode >>> 16 !== bridgeClass;
    if (mismatch) faults.add('scope-type-mismatch', structure, device.address);
  }
}

/** Every IOAPIC has to be in a unit's scope, else interrupts are not remapped at all (irq_remapping.c parse_ioapics_under_ir). */
function ioApicFaults(
  units: ReturnType<typeof dmarUnitsOf>,
  ioApics: readonly number[] | null,
  faults: TableFaults,
): void {
  const listed = new Set(
    units.flatMap(({ scope }) =>
      scope.flatMap(({ type, enumerationId }) => (type === ioApicScope ? [enumerationId] : [])),
    ),
  );
  if (listed.size === 0) faults.add('no-ioapic');
  else for (const id of ioApics ?? []) if (!listed.has(id)) faults.add('ioapic-not-listed', null, String(id));
}
