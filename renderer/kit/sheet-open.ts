/**
 * Whether a modal sheet or a menu has the keyboard. One that closes stays in the document for a frame more, told by its
 * state: a key pressed in that frame is for the page again.
 */
export const sheetOpen = (): boolean =>
  document.querySelector(':is([role="dialog"], [role="menu"])[data-state="open"]') !== null;
