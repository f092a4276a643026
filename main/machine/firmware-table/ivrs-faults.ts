import type { IvrsTable } from '../acpi/decode-table.ts';
import { ivrsUnitsOf, requesterOf } from './ivrs-units.ts';
import type { Device } from '../grouping/device.ts';
import type { ReservedRange, TableFault } from './shape.ts';
import { TableFaults } from './table-faults.ts';

const special = 0x48;
const acpiDevice = 0xf0;
const ioApic = 1;
/** 00:14.0, where AMD's chipsets have the IOAPIC of the system timer (drivers/iommu/amd/init.c IOAPIC_SB_DEVID; Hygon's sits at 00:0b.0). */
const southbridge: ReadonlySet<number> = new Set([0x14 << 3, 0x0b << 3]);

export interface IvrsJoin {
  readonly devices: readonly Device[];
  readonly ranges: readonly ReservedRange[];
  /** ids of the board's IOAPICs; null: not known */
  readonly ioApics: readonly number[] | null;
}

/** What Linux complains about when it reads this table on this machine (drivers/iommu/amd/init.c, Linux 6.12), and ranges in usable memory. */
export function ivrsFaults(table: IvrsTable, { devices, ranges, ioApics }: IvrsJoin): TableFault[] {
  const faults = new TableFaults();
  const units = ivrsUnitsOf(table);
  if (table.remarks.some(({ code }) => code === 'checksum')) faults.add('checksum');
  if (table.remarks.some(({ code }) => code === 'cut-short')) faults.add('cut-short');
  if (units.length === 0) faults.add('no-unit');
  const requesters = new Set(devices.map((device) => `${device.domain}:${requesterOf(device)}`));
  const first = units[0]?.efrImage;
  for (const unit of units) {
    if (devices.length > 0 && !requesters.has(`${unit.segment}:${unit.deviceId}`)) {
      faults.add('unit-function-missing', unit.structure);
    }
    if (BigInt(unit.baseAddress) === 0n) faults.add('unit-without-address', unit.structure);
    if (unit.efrImage !== first) faults.add('features-differ', unit.structure, unit.efrImage ?? null);
    for (const entry of unit.entries) {
      if (entry.type !== acpiDevice) continue;
      if (unit.blockType !== 0x40) faults.add('acpi-device-in-old-block', unit.structure, entry.hid ?? null);
      else if (entry.hid === '') faults.add('acpi-device-without-name', unit.structure);
    }
  }
  for (const range of ranges) {
    if (range.memory === 'usable' || range.memory === 'partly-usable') {
      faults.add('range-not-reserved', range.structure, `${range.start}-${range.end}`);
    }
  }
  ioApicFaults(units, ioApics, faults);
  return faults.list;
}

/** check_ioapic_information: with one IOAPIC missing, or without the southbridge's, interrupts are not remapped. */
function ioApicFaults(
  units: ReturnType<typeof ivrsUnitsOf>,
  ioApics: readonly number[] | null,
  faults: TableFaults,
): void {
  const entries = units.flatMap(({ entries: all }) =>
    all.filter(({ type, variety }) => type === special && variety === ioApic),
  );
  if (entries.length === 0) faults.add('no-ioapic');
  else if (!entries.some(({ sourceDeviceId }) => southbridge.has(sourceDeviceId ?? -1))) {
    faults.add('no-southbridge-ioapic');
  }
  if (entries.length === 0) return;
  const listed = new Set(entries.map(({ handle }) => handle));
  for (const id of ioApics ?? []) if (!listed.has(id)) faults.add('ioapic-not-listed', null, String(id));
}
