import type { PciFunction } from '../../main/machine/pci-function.ts';
import type { LossKind } from '../../main/passthrough/plan.ts';

/** The rows of the ledger: people lose jobs, not functions. */
export const jobs = ['display', 'sound', 'disk', 'network', 'usb', 'other'] as const;
export type Job = (typeof jobs)[number];

/** Base class, or base class and sub-class, to job (pci.ids, class list); the longer key wins. */
const jobOfClass: Readonly<Record<string, Job>> = {
  '01': 'disk',
  '02': 'network',
  '03': 'display',
  '0401': 'sound',
  '0403': 'sound',
  '0c03': 'usb',
  '0d': 'network',
  '0b40': 'other',
  '12': 'other',
};

/** The job of an endpoint; null for ports, bridges and what belongs to the board. */
export function jobOf(fn: PciFunction): Job | null {
  if (fn.header === 'bridge' || fn.header === 'cardbus' || !fn.classCode.known) return null;
  const hex = fn.classCode.value.toString(16).padStart(6, '0');
  return jobOfClass[hex.slice(0, 4)] ?? jobOfClass[hex.slice(0, 2)] ?? null;
}

/** Under which row a loss is said. */
export const jobOfLoss = {
  'boot-display': 'display',
  display: 'display',
  disk: 'disk',
  network: 'network',
  input: 'usb',
  usb: 'usb',
  sound: 'sound',
} as const satisfies Record<LossKind, Job>;
