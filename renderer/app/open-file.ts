import { router } from './router.svelte.ts';
import type { Session } from './session.svelte.ts';

/**
 * Shows the machine of a file that somebody chose or dropped, on the first screen; who looks at reports wants to see what
 * is in this one.
 */
export async function openFile(file: File | undefined, session: Session): Promise<void> {
  if (!file || !(await session.open(file.name, await file.text()))) return;
  if (router.route.place !== 'reports') router.go('overview');
}

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

/** Without this a browser would leave the page for the file. */
export function allowDrop(event: DragEvent): void {
  if (holdsFiles(event)) event.preventDefault();
}

/** A report or a text that is dropped anywhere is opened as if it had been chosen in the machine's menu. */
export async function openDropped(event: DragEvent, session: Session): Promise<void> {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  await openFile(event.dataTransfer?.files[0], session);
}
