import type { Given, Plan } from '../passthrough/plan.ts';
import type { Artefact } from './artefact.ts';
import { remark, type Remark } from './codes.ts';

/** Functions that can be kept from their drivers while the host starts; virtual ones are not there yet. */
export const boundAtStart = (plan: Plan): Given[] => plan.give.filter(({ virtual }) => !virtual);

/** Every vendor:device among these belongs to given functions only. */
export const idsAreUnique = (given: readonly Given[]): boolean => given.every(({ twins }) => twins.length === 0);

/** The driver's folder has a link for each function that it holds (sysfs-bus-pci). */
export function verifyBound(given: readonly Given[]): Artefact['verify'] {
  const links = given.map(({ address }) => `/sys/bus/pci/drivers/vfio-pci/${address}`);
  return { command: `ls -d ${links.join(' ')}`, expect: links.join('\n') };
}

/** Remarks that every way of binding shares: what the source could not tell, and what comes later. */
export function bindingRemarks(plan: Plan): Remark[] {
  const display = plan.losses.some(({ kind }) => kind === 'boot-display');
  const later = plan.give.filter(({ virtual }) => virtual).map(({ address }) => address);
  return [
    ...plan.unknowns.map(({ code, where }) => remark('untold', { what: code, where })),
    ...(later.length > 0 ? [remark('virtual-functions-later', { addresses: later.join(' ') })] : []),
    ...(display ? [remark('boot-display-framebuffer')] : []),
  ];
}
