import * as v from 'valibot';
import { addressShape } from '../address.ts';
import { hex64Shape } from '../pci-function.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Kinds of memory in the firmware's map, as far as they matter here (arch/x86/include/asm/e820/types.h). */
export const memoryKinds = ['usable', 'reserved', 'acpi-data', 'acpi-nvs', 'other'] as const;
export const memoryRangeShape = v.object({
  /** first and last byte */
  start: hex64Shape,
  end: hex64Shape,
  kind: v.picklist(memoryKinds),
});
export type MemoryRange = v.InferOutput<typeof memoryRangeShape>;

/** An IOAPIC or HPET by the table, with the requester id under which its interrupts are remapped. */
export const interruptSourceShape = v.object({
  kind: v.picklist(['ioapic', 'hpet']),
  id: count,
  requester: v.nullable(addressShape),
});

/**
 * What an entry of a unit names: of a DRHD an endpoint, a bridge with all below it, or (no entry) the rest of the segment;
 * of an IVHD one function, a range, functions that use another requester id, the function of an IOAPIC,
 * an HPET or an ACPI device, or all.
 */
export const scopeKinds = [
  'endpoint',
  'bridge',
  'rest',
  'one',
  'range',
  'alias',
  'alias-range',
  'special',
  'all',
] as const;

export const unitScopeShape = v.object({
  /** its place among the unit's entries, from 0; null: no entry, the unit takes what nobody names */
  entry: v.nullable(count),
  kind: v.picklist(scopeKinds),
  /** as the table has it: `00:1c.4/00.0`, or the first requester id of a range */
  from: v.string(),
  /** the last requester id of a range */
  to: v.nullable(v.string()),
  /** the function of this machine that it names; null: none is there, or it names several */
  names: v.nullable(addressShape),
  /** the unit's functions that this entry brings */
  owns: v.array(addressShape),
});
export type UnitScope = v.InferOutput<typeof unitScopeShape>;

export const tableUnitShape = v.object({
  /** the structure's place in the table, from 0 */
  structure: count,
  registerBase: hex64Shape,
  segment: count,
  /** the unit takes every function of its segment that no other unit names (INCLUDE_PCI_ALL) */
  takesTheRest: v.boolean(),
  /** an AMD unit is a PCI function itself */
  function: v.nullable(addressShape),
  owns: v.array(addressShape),
  /** the same functions by the entry that names them; not in reports from before it was told */
  scopes: v.optional(v.array(unitScopeShape), () => []),
  interruptSources: v.array(interruptSourceShape),
  /** devices that are no PCI functions: `\_SB.PCI0.I2C0`, `AMDI0020:0` */
  namespaceDevices: v.array(v.string()),
  /** the extended feature register as the table has it (AMD, blocks 11h and 40h) */
  features: v.nullable(hex64Shape),
  /** ACPI proximity domain (RHSA) */
  proximity: v.nullable(count),
});

/**
 * What the kernel makes of a reserved range for a device (drivers/iommu/iommu.c iommu_group_resv_type_string): `direct` must
 * stay mapped, so that VFIO is refused; `direct-relaxable` is given up when the device is handed over.
 */
export const rangeKinds = ['direct', 'direct-relaxable'] as const;

export const reservedRangeShape = v.object({
  structure: count,
  start: hex64Shape,
  end: hex64Shape,
  devices: v.array(v.object({ address: addressShape, kind: v.picklist(rangeKinds) })),
  /** what the memory map says of it; null: there is no map */
  memory: v.nullable(v.picklist(['reserved', 'usable', 'partly-usable', 'not-reserved'])),
});
export type ReservedRange = v.InferOutput<typeof reservedRangeShape>;

/** What is wrong in a table; the sentences stand in words/firmware-table.ts, with the kernel's own message. */
export const tableFaultCodes = [
  'checksum',
  'cut-short',
  'no-unit',
  'narrow-address-width',
  'unit-without-address',
  'rest-not-last',
  'scope-without-device',
  'scope-by-bus-number',
  'scope-type-mismatch',
  'bad-range',
  'range-not-reserved',
  'affinity-without-unit',
  'name-without-end',
  'name-without-unit',
  'unit-function-missing',
  'features-differ',
  'no-ioapic',
  'no-southbridge-ioapic',
  'ioapic-not-listed',
  'acpi-device-in-old-block',
  'acpi-device-without-name',
] as const;
export type TableFaultCode = (typeof tableFaultCodes)[number];

export const tableFaultShape = v.object({
  code: v.picklist(tableFaultCodes),
  /** null: the table as a whole */
  structure: v.nullable(count),
  /** an address, a range or a name, where one is meant */
  subject: v.nullable(v.string()),
});
export type TableFault = v.InferOutput<typeof tableFaultShape>;

/** The firmware's DMAR or IVRS, joined to the functions of the machine. */
export const remappingHardwareShape = v.object({
  table: v.picklist(['DMAR', 'IVRS']),
  /** names of the set flags: INTR_REMAP, X2APIC_OPT_OUT, DMA_CTRL_PLATFORM_OPT_IN; of the IVRS EFRSup, DmaRemapSup, HtAtsResv */
  flags: v.array(v.string()),
  units: v.array(tableUnitShape),
  /** functions that no unit owns: their DMA is not translated, and they get no group */
  unowned: v.array(addressShape),
  /** functions that use the requester id of another one, by the table (AMD) */
  aliases: v.array(v.object({ function: addressShape, requester: addressShape })),
  reserved: v.array(reservedRangeShape),
  /** root ports below which devices may use translations of their own (ATSR); `all` where the table says so for a segment */
  atsPorts: v.object({ all: v.boolean(), ports: v.array(addressShape) }),
  faults: v.array(tableFaultShape),
});
export type RemappingHardware = v.InferOutput<typeof remappingHardwareShape>;
