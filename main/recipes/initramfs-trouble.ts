import type { InitramfsTool } from '../machine/machine.ts';
import type { Plan } from '../passthrough/plan.ts';
import { initramfsOf } from './boot-family.ts';
import type { LeftCode } from './codes.ts';
import { imageTrouble } from './image-host.ts';

/** Why nothing is written for this tool of initramfs images; null: it builds this host's, or may. */
export function initramfsTrouble(plan: Plan, tool: InitramfsTool): LeftCode | null {
  const image = imageTrouble(plan);
  if (image !== null) return image;
  const own = initramfsOf(plan.host);
  if (own === null) return 'initramfs-unknown';
  return own === tool ? null : 'other-initramfs';
}
