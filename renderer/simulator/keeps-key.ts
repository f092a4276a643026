import { sheetOpen } from '../kit/sheet-open.ts';
import { takesText } from '../kit/takes-text.ts';

/**
 * Does a part of the page need this key itself? Space presses a focused button, arrows move in a set of choices, and an
 * open menu or sheet keeps all.
 */
export function keepsKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || sheetOpen()) return true;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (takesText(target)) return true;
  if (target instanceof HTMLInputElement && event.key.startsWith('Arrow')) return true;
  return event.key === ' ' && target.closest('button, a') !== null;
}
