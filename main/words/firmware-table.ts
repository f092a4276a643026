import type { TableFaultCode } from '../machine/firmware-table/shape.ts';

interface Said {
  readonly consequence: string;
  readonly why: string;
}

const nothingLost = 'The firmware’s table has a flaw that costs nothing.';
const offAltogether = 'The firmware’s table may keep the IOMMU off.';
const interruptsOpen = 'The firmware’s table may keep interrupt remapping off.';

/** What is wrong in a DMAR or IVRS, with the kernel's own words where it has some. */
const faults = {
  checksum: {
    consequence: 'The firmware’s table may have been damaged.',
    why: 'The checksum of the {table} is wrong. Linux refuses such an IVRS and takes such a DMAR.',
  },
  'cut-short': {
    consequence: 'The firmware’s table is not whole.',
    why: 'The {table} ends before the length that it gives ("Record passes table end").',
  },
  'no-unit': {
    consequence: offAltogether,
    why: 'The {table} lists no IOMMU unit ("No DRHD structure found in DMAR table").',
  },
  'narrow-address-width': {
    consequence: offAltogether,
    why: 'The {table} gives an address width of {subjects} bits, less than a page.',
  },
  'unit-without-address': {
    consequence: offAltogether,
    why: 'A unit of the {table} has no address ("Your BIOS is broken; DMAR reported at address 0").',
  },
  'rest-not-last': {
    consequence: nothingLost,
    why: 'The unit for all remaining devices is not the last of its segment. Linux puts it there itself.',
  },
  'scope-without-device': {
    consequence: nothingLost,
    why: 'The {table} names devices that this machine does not show: {subjects}. Most often they are switched off or not fitted.',
  },
  'scope-by-bus-number': {
    consequence: nothingLost,
    why: 'The {table} gives a bus number where a path was due, for {subjects} ("RMRR entry for device … is broken - applying workaround").',
  },
  'scope-type-mismatch': {
    consequence: offAltogether,
    why: 'The {table} lists {subjects} as what it is not, a bridge or an endpoint ("Device scope type does not match"). Linux then leaves the IOMMU off.',
  },
  'bad-range': {
    consequence: 'The firmware asks for memory in a way that makes no sense.',
    why: 'The reserved range {subjects} of the {table} is not made of whole pages ("Your BIOS is broken; bad RMRR").',
  },
  'range-not-reserved': {
    consequence: 'A device may write into memory that Linux uses.',
    why: 'The {table} reserves {subjects} for a device, and the memory map does not ("No firmware reserved region can cover this RMRR").',
  },
  'affinity-without-unit': {
    consequence: nothingLost,
    why: 'The {table} says which processor is near to a unit that it does not list, at {subjects} ("RHSA refers to non-existent DMAR unit").',
  },
  'name-without-end': {
    consequence: offAltogether,
    why: 'The name of an ACPI device in the {table} does not end: {subjects} ("ANDD object name is not NUL-terminated").',
  },
  'name-without-unit': {
    consequence: nothingLost,
    why: 'No unit of the {table} has {subjects} ("No IOMMU scope found for ANDD enumeration ID").',
  },
  'unit-function-missing': {
    consequence: offAltogether,
    why: 'The PCI function of an IOMMU in the {table} is not there.',
  },
  'features-differ': {
    consequence: nothingLost,
    why: 'The units of the {table} say different things of what they can ("Found inconsistent EFR/EFR2"). Linux uses what all of them can.',
  },
  'no-ioapic': {
    consequence: interruptsOpen,
    why: 'The {table} lists no IOAPIC, so that interrupts cannot be remapped.',
  },
  'no-southbridge-ioapic': {
    consequence: interruptsOpen,
    why: 'The {table} does not list the IOAPIC of the chipset where Linux looks for it ("No southbridge IOAPIC found").',
  },
  'ioapic-not-listed': {
    consequence: interruptsOpen,
    why: 'The {table} leaves out IOAPIC {subjects} ("has no mapping iommu, interrupt remapping will be disabled", "not in IVRS table").',
  },
  'acpi-device-in-old-block': {
    consequence: nothingLost,
    why: 'The {table} has an ACPI device in a block of a type that cannot have one.',
  },
  'acpi-device-without-name': {
    consequence: nothingLost,
    why: 'The {table} has an ACPI device without a name.',
  },
} as const satisfies Record<TableFaultCode, Said>;

/** Findings about what the firmware's table says of this machine. */
export const firmwareTableSentences = {
  'firmware-fault': faults,
  'firmware-wish': {
    'x2apic-opt-out': {
      consequence: 'Interrupts stay in the older form, xAPIC, because the firmware asks for it.',
      why: 'Its DMAR has the flag X2APIC_OPT_OUT ("x2apic is disabled because BIOS sets x2apic opt out bit"). Interrupt remapping works all the same.',
    },
    'dma-opt-in': {
      consequence: 'The firmware asks for the IOMMU to guard ports that are open to the outside.',
      why: 'Its DMAR has the flag DMA_CTRL_PLATFORM_OPT_IN: Linux then switches the IOMMU on by itself where such ports are.',
    },
  },
  'reserved-memory': {
    'must-stay-mapped': {
      consequence: '{device} ({address}) cannot be given away as the firmware is set up.',
      why: 'The firmware wants memory to stay mapped for {holders} ({ranges}). Linux then refuses: "{message}".',
    },
    foretold: {
      consequence: '{device} can probably not be given away as the firmware is set up.',
      why: 'By the firmware’s table, memory is to stay mapped for {holders} ({ranges}), and Linux then refuses: "{message}". What the running kernel makes of it is not told here.',
    },
    'kept-from-guest': {
      consequence: '{device} can be given away with this kernel, and not with Linux 6.6 or later.',
      why: 'The firmware wants memory to stay mapped for {holders} ({ranges}). This kernel keeps a guest off these addresses; later ones refuse: "{message}".',
    },
  },
  configured: {
    given: {
      consequence: '{vm} gets {devices}.',
      why: '{file} says so.',
    },
    'device-gone': {
      consequence: '{vm} is to get a device that is not there.',
      why: '{file} names {gone}. Addresses change when cards are added, and then another device may have the old one.',
    },
    'binds-nothing': {
      consequence: 'A line keeps back a device that is not there.',
      why: '{file} names {gone}. Addresses change when cards are added, and then another device may have the old one.',
    },
  },
} as const satisfies Record<string, Readonly<Record<string, Said>>>;

export const notOffered: Said = {
  consequence: 'Interrupts of a given device would not stay inside its virtual machine.',
  why: 'The firmware’s DMAR does not offer interrupt remapping: its flag INTR_REMAP is missing.',
};

export const kvmHidden: Said = {
  consequence: '{vm} hides KVM from its guest, which is rarely needed any more.',
  why: '{file} belongs to it. NVIDIA’s driver has not asked for that since release 465.',
};
