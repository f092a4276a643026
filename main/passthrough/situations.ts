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
    missing: 'blocks',
    'other-architecture': 'unknown',
    unknown: 'unknown',
  },
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
    off: 'blocks',
    'waits-for-iommu': 'unknown',
    unknown: 'unknown',
  },
  'group-viable': {
    alone: 'fine',
    shared: 'attention',
    'system-disk': 'blocks',
    'system-disk-aside': 'attention',
    'platform-driver': 'attention',
    'no-group': 'blocks',
    foretold: 'fine',
    unknown: 'unknown',
  },
  'driver-in-use': {
    'given-away': 'fine',
    free: 'fine',
    'handed-over': 'fine',
    'holds-on': 'attention',
    'virtual-functions': 'attention',
    unknown: 'unknown',
  },
  folklore: {
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
} as const satisfies Record<FindingCode, Readonly<Record<string, Verdict>>>;

/** What can be done, one code each: words/remedies.ts. */
export const remedyCodes = [
  'firmware-virtualization',
  'firmware-iommu',
  'firmware-update',
  'enable-nesting',
  'give-guest-iommu',
  'remove-kernel-option',
  'add-intel-iommu-on',
  'read-kernel-log',
  'read-as-root',
  'read-on-the-machine',
  'another-slot',
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
