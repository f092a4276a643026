import type { Machine } from '../machine/machine.ts';
import { fingerprint } from './fingerprint.ts';

/**
 * Under which name a machine's checkpoint is kept. By board and product where the machine tells them, since cards come
 * and go; else by its functions. Two machines that collide are told apart by the identity in the checkpoint.
 * A sample goes by a name of its own: the person may have that very board, and practises on the sample.
 */
export function journeyKey({ identity, source }: Machine): string {
  const { board, product, functions } = identity;
  const told = board !== null || product !== null;
  return `${source.kind === 'sample' ? 'sample' : 'journey'}-${fingerprint(told ? `${board ?? ''}\n${product ?? ''}` : functions.join('\n'))}`;
}
