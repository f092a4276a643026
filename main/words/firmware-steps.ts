import type { FirmwareGuide, FirmwareSwitch, SwitchPurpose } from '../journey/state.ts';

/** What a switch turns on, in the middle of a sentence. */
export const purposeNames = {
  virtualization: 'virtualization',
  iommu: 'the IOMMU',
  'interrupt-remapping': 'interrupt remapping',
  acs: 'access control (ACS)',
  'above-4g': 'addresses above 4 GB',
  'sr-iov': 'virtual functions (SR-IOV)',
} as const satisfies Record<SwitchPurpose, string>;

/** The parts of the steps, for a screen that draws keys and paths in between. */
export const firmwareStepsWords = {
  duration: 'About 3 minutes, one restart. Nothing on your disks changes.',
  tap: 'Restart, and tap',
  or: 'or',
  until: 'until the setup opens',
  press: 'Press',
  advanced: 'for Advanced Mode',
  go: 'Go down this path, and set the last line to',
  notAuto: 'not Auto',
  look: 'Look for one of these names, and set it to',
  save: 'Save and exit. Slotwise finds the change by itself and goes on.',
  copyRestart: 'Copy the restart command',
  take: 'Scan to take the steps along. The code holds the text itself; nothing is sent.',
  unverified: 'unverified',
  source: 'Source',
} as const;

const either = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names[names.length - 1] ?? ''}`;

/** `Switch virtualization and the IOMMU on in the firmware`; empty where nothing is to be switched. */
export function firmwareHeading({ switches }: Pick<FirmwareGuide, 'switches'>): string {
  const names = [...new Set(switches.map(({ purpose }) => purposeNames[purpose]))];
  return names.length === 0 ? '' : `Switch ${names.join(' and ')} on in the firmware`;
}

/** How far the menu names can be trusted for this board. */
export function confidenceWords({ source, seenOn, confirmed, path }: FirmwareSwitch, vendor: string | null): string {
  if (confirmed) return 'Menu names seen on this very board';
  if (path.length === 0 || vendor === null) return 'The usual names; not confirmed for this board';
  if (source === null) return 'Unverified: no public source for these menu names';
  if (seenOn.length === 0) return 'Menu names from a public source; not confirmed for this board';
  const boards = seenOn.length === 1 ? '' : `${seenOn.length} machines: `;
  return `Menu names seen on ${boards}${vendor} ${seenOn.join(', ')}; not confirmed for this board`;
}

/** The steps as plain text, for a code to scan and for paper; empty where nothing is to be switched. */
export function firmwareStepsText(guide: FirmwareGuide): string {
  const heading = firmwareHeading(guide);
  if (heading === '') return '';
  const { tap, until, press, advanced, save } = firmwareStepsWords;
  const steps = [
    `${tap} ${either(guide.setupKeys)} ${until}.`,
    ...(guide.advancedKeys.length === 0 ? [] : [`${press} ${either(guide.advancedKeys)} ${advanced}.`]),
    ...guide.switches.map(switchText),
    save,
  ];
  const trust = [...new Set(guide.switches.map((one) => confidenceWords(one, guide.vendor)))];
  return [heading, ...steps.map((step, index) => `${index + 1}. ${step}`), ...trust.map((text) => `${text}.`), ''].join(
    '\n',
  );
}

function switchText({ path, names, from, to }: FirmwareSwitch): string {
  const not = from === null ? '' : `, not ${from}`;
  return path.length === 0
    ? `Look for ${either(names)}, and set it to ${to}${not}.`
    : `${path.join(' > ')}: ${to}${not}.`;
}
