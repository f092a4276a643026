import type { MachineIdentity } from '../machine/machine.ts';
import { fingerprint } from './fingerprint.ts';

/**
 * Under which name a machine's checkpoint is kept. By board and product where the machine tells them, since cards come
 * and go; else by its functions. Two machines that collide are told apart by the identity in the checkpoint.
 */
export function journeyKey({ board, product, functions }: MachineIdentity): string {
  const told = board !== null || product !== null;
  return `journey-${fingerprint(told ? `${board ?? ''}\n${product ?? ''}` : functions.join('\n'))}`;
}
