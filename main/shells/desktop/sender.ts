/** What is looked at of an IPC event; narrow, so that tests can hand in every kind of stranger. */
export interface SenderEvent {
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
  readonly sender: { readonly id: number; isDestroyed(): boolean };
}

/** Only the main frame of a window of ours, on our own page, may call: no child frame, no other page, no ghost. */
export function isOurs(event: SenderEvent, windows: ReadonlySet<number>, origin: string): boolean {
  const frame = event.senderFrame;
  if (frame === null || event.sender.isDestroyed() || !windows.has(event.sender.id)) return false;
  return frame.parent === null && frame.url.startsWith(`${origin}/`);
}
