import type { FirmwareSwitch } from '../../main/journey/state.ts';
import type { FirmwareSetting } from '../../main/machine/machine.ts';

/**
 * Names by which Lenovo (think-lmi), Dell (dell-wmi-sysman) and HP (hp-bioscfg) tell Linux of a switch for a purpose, where
 * the guide's own name is not among them. VT-d is tried before virtualization, whose name is part of its own.
 */
const byPurpose: Readonly<Record<FirmwareSwitch['purpose'], RegExp>> = {
  iommu: /vt-?d|vtfordirect|directed.?i.?o|iommu|dma.?remap/i,
  virtualization: /virtuali[sz]ation|vt-?x|svm|amd-?v(?!i)/i,
  'interrupt-remapping': /interrupt.?remap|x2apic/i,
  acs: /(?:^|[^a-z])acs(?:[^a-z]|$)/i,
  'above-4g': /above.?4g|mmio/i,
  'sr-iov': /sr-?iov/i,
};

const squeezed = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** What the system reports of a switch of the guide: the setting that goes by one of its names, else by its purpose. */
export function reportedSetting(
  at: Pick<FirmwareSwitch, 'purpose' | 'path' | 'names'>,
  settings: readonly FirmwareSetting[],
): FirmwareSetting | null {
  const names = [...at.names, ...at.path.slice(-1)].map(squeezed);
  const named = settings.find(
    ({ name, label }) => names.includes(squeezed(name)) || names.includes(squeezed(label ?? '')),
  );
  if (named !== undefined) return named;
  const text = ({ name, label }: FirmwareSetting): string => `${name} ${label ?? ''}`;
  return (
    settings.find(
      (setting) =>
        byPurpose[at.purpose].test(text(setting)) &&
        (at.purpose !== 'virtualization' || !byPurpose.iommu.test(text(setting))),
    ) ?? null
  );
}
