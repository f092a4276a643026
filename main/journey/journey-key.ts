import type { MachineIdentity } from '../machine/machine.ts';

/** FNV-1a, 32 bits: short and stable; two machines that collide are told apart by the identity in the checkpoint. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value ^= text.charCodeAt(at);
    value = Math.imul(value, 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, '0');
}

/**
 * Under which name a machine's checkpoint is kept. By board and product where the machine tells them, since cards come
 * and go; else by its functions.
 */
export function journeyKey({ board, product, functions }: MachineIdentity): string {
  const told = board !== null || product !== null;
  return `journey-${hash(told ? `${board ?? ''}\n${product ?? ''}` : functions.join('\n'))}`;
}
