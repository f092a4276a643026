/**
 * Does a part of the page need this key itself? Space presses a focused button, arrows move in a set of choices, and an
 * open menu or sheet keeps all.
 */
export function keepsKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || document.querySelector('[role="dialog"], [role="menu"]') !== null) return true;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input, select, textarea') !== null) return true;
  return event.key === ' ' && target.closest('button, a') !== null;
}
