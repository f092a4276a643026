import { MediaQuery } from 'svelte/reactivity';
import type { Session } from './session.svelte.ts';

const narrow = new MediaQuery('max-width: 719px', false);

/**
 * A phone that looks at a served machine reads: nothing that acts on the machine is saved or copied from there, for what was
 * copied would be pasted on the phone. A narrow window of the installed program is no phone.
 */
export const readsOnly = ({ client }: Session): boolean => client.shell.kind === 'served' && narrow.current;
