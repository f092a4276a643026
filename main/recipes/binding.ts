import type { Plan } from '../passthrough/plan.ts';
import type { Artefact, RecipeTarget } from './artefact.ts';
import { boundAtStart, idsAreUnique } from './bound-functions.ts';
import type { LeftCode } from './codes.ts';
import { driverOverride } from './driver-override.ts';
import { imageTrouble } from './image-host.ts';
import { modprobe } from './modprobe.ts';

/** Why the devices cannot be kept for vfio-pci while the host starts; null when they can. */
export function bindingTrouble(plan: Plan): LeftCode | null {
  const image = imageTrouble(plan);
  if (image !== null) return image;
  const given = boundAtStart(plan);
  if (given.length === 0) return 'nothing-to-bind';
  return given.some(({ ids }) => ids === null) ? 'ids-unknown' : null;
}

/**
 * The two ways to hand the devices to vfio-pci: either alone is enough. Apart from the other targets, so that the journey,
 * which looks for these files on the host, does not load the writers of guests.
 */
export const bindingRenderers = {
  modprobe: (plan) => bindingTrouble(plan) ?? (idsAreUnique(boundAtStart(plan)) ? modprobe(plan) : 'ids-not-unique'),
  'driver-override': (plan) => bindingTrouble(plan) ?? driverOverride(plan),
} as const satisfies Partial<Record<RecipeTarget, (plan: Plan) => Artefact | LeftCode>>;
