/** What had the focus was replaced: it goes to the first control of what stands there now. Focus elsewhere is left alone. */
export function catchFocus(within: HTMLElement | undefined): void {
  if (document.activeElement === document.body) within?.querySelector<HTMLElement>('input, button')?.focus();
}
