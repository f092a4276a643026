import type { TableFaultCode } from '../machine/firmware-table/shape.ts';
import type { Evidence, Finding, FindingCode, Values, Verdict } from './finding.ts';

/** What each code can find, and the verdict that goes with it: the keys of words/findings.ts. */
export const situations = {
  'virtualization-extension': {
    on: 'fine',
    'on-in-vm': 'attention',
    off: 'blocks',
    'off-in-firmware': 'blocks',
    'off-in-vm': 'blocks',
    'other-architecture': 'unknown',
    unknown: 'unknown',
  },
  'firmware-table': {
    present: 'fine',
    implied: 'fine',
    'implied-untold': 'fine',
    'protects-windows': 'fine',
    missing: 'blocks',
    'missing-in-vm': 'blocks',
    'other-architecture': 'unknown',
    unknown: 'unknown',
  },
  /** a code of machine/firmware-table/shape.ts; whether anything is off because of it, the requirements below say */
  'firmware-fault': {
    checksum: 'attention',
    'cut-short': 'attention',
    'no-unit': 'attention',
    'narrow-address-width': 'attention',
    'unit-without-address': 'attention',
    'rest-not-last': 'fine',
    'scope-without-device': 'fine',
    'scope-by-bus-number': 'fine',
    'scope-type-mismatch': 'attention',
    'bad-range': 'attention',
    'range-not-reserved': 'attention',
    'affinity-without-unit': 'fine',
    'name-without-end': 'attention',
    'name-without-unit': 'fine',
    'unit-function-missing': 'attention',
    'features-differ': 'fine',
    'no-ioapic': 'attention',
    'no-southbridge-ioapic': 'attention',
    'ioapic-not-listed': 'attention',
    'acpi-device-in-old-block': 'fine',
    'acpi-device-without-name': 'fine',
  },
  'firmware-wish': { 'x2apic-opt-out': 'fine', 'dma-opt-in': 'fine' },
  'iommu-on': {
    on: 'fine',
    'waits-for-firmware': 'blocks',
    'switched-off': 'blocks',
    'not-switched-on': 'blocks',
    'off-unexplained': 'blocks',
    unknown: 'unknown',
  },
  'interrupt-remapping': {
    on: 'fine',
    'switched-off': 'blocks',
    'not-offered': 'blocks',
    off: 'blocks',
    'waits-for-iommu': 'unknown',
    unknown: 'unknown',
  },
  'group-viable': {
    alone: 'fine',
    shared: 'attention',
    together: 'attention',
    'system-disk': 'blocks',
    'system-disk-aside': 'attention',
    'platform-driver': 'attention',
    'no-group': 'blocks',
    foretold: 'fine',
    unknown: 'unknown',
  },
  'reserved-memory': { 'must-stay-mapped': 'blocks', foretold: 'attention', 'kept-from-guest': 'attention' },
  'driver-in-use': {
    'given-away': 'fine',
    free: 'fine',
    'handed-over': 'fine',
    'holds-on': 'attention',
    'virtual-functions': 'attention',
    unknown: 'unknown',
  },
  configured: { given: 'fine', 'device-gone': 'attention', 'binds-nothing': 'attention' },
  folklore: {
    'kvm-hidden': 'fine',
    'amd-iommu-on': 'attention',
    'iommu-pt': 'fine',
    'unsafe-interrupts': 'attention',
    'unsafe-interrupts-needed': 'attention',
    'acs-override': 'attention',
    'global-blacklist': 'attention',
    virqfd: 'attention',
    'framebuffer-off': 'fine',
    'ids-take-twins': 'attention',
  },
} as const satisfies Record<FindingCode, Readonly<Record<string, Verdict>>> & {
  readonly 'firmware-fault': Readonly<Record<TableFaultCode, Verdict>>;
};

/** What can be done, one code each: words/remedies.ts. */
export const remedyCodes = [
  'firmware-virtualization',
  'firmware-iommu',
  'firmware-update',
  'firmware-dma-protection',
  'firmware-reserved-memory',
  'exclude-slot',
  'correct-address',
  'enable-nesting',
  'give-guest-iommu',
  'remove-kernel-option',
  'add-intel-iommu-on',
  'read-kernel-log',
  'read-as-root',
  'read-on-the-machine',
  'start-linux',
  'another-slot',
  'one-into-another-slot',
  'give-together',
  'unbind-platform-driver',
  'bind-early',
  'switch-virtual-functions-off',
  'remove-config-line',
  'bind-by-address',
] as const;
export type RemedyCode = (typeof remedyCodes)[number];

export interface Found {
  readonly subject?: string;
  readonly values?: Values;
  readonly evidence: readonly Evidence[];
  readonly remedies?: readonly { code: RemedyCode; values?: Values }[];
}

/** A finding in one of its code's situations, with that situation's verdict. */
export const finding = <C extends FindingCode>(
  code: C,
  situation: Extract<keyof (typeof situations)[C], string>,
  { subject, values = {}, evidence, remedies = [] }: Found,
): Finding => ({
  code,
  verdict: (situations[code] as Readonly<Record<string, Verdict>>)[situation] ?? 'unknown',
  situation,
  subject: subject ?? null,
  values,
  evidence: [...evidence],
  remedies: remedies.map(({ code: remedy, values: named = {} }) => ({ code: remedy, values: named })),
});
