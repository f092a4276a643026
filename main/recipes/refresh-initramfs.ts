import type { InitramfsTool } from '../machine/machine.ts';
import type { Plan } from '../passthrough/plan.ts';
import { initramfsOf } from './boot-family.ts';

/** The command that builds every kernel's initramfs again: the boot menu offers more than the newest kernel. */
const commands: Readonly<Record<InitramfsTool, readonly string[]>> = {
  'initramfs-tools': ['update-initramfs -u -k all'],
  dracut: ['dracut -f --regenerate-all'],
  mkinitcpio: ['mkinitcpio -P'],
  booster: ['/usr/lib/booster/regenerate_images'],
  other: [],
};

/**
 * What makes a change of modprobe.d, hooks and scripts reach the next start; Debian's tool where the source does not tell.
 * Empty where no command is known for this host.
 */
export const refreshInitramfs = ({ host }: Plan): readonly string[] => {
  const tool = initramfsOf(host);
  return tool === null ? [] : commands[tool];
};
