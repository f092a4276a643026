import { ipcMain, type WebContents } from 'electron';
import type { Dispatcher } from '../../assistant/dispatch.ts';
import type { Close } from '../../contract/endpoint.ts';
import { refuse } from '../../contract/problem.ts';
import { origin } from './scheme.ts';
import { isOurs } from './sender.ts';

/** The whole wire between window and assistant: one call, one stream to open, one to close, one way back. */
export const channels = {
  call: 'slotwise:call',
  open: 'slotwise:open',
  close: 'slotwise:close',
  item: 'slotwise:item',
} as const;

/** Joins the windows' bridge with the dispatcher. Every message's sender is checked; a stranger is refused by code. */
export function listenToWindows(dispatcher: Dispatcher, windows: ReadonlySet<number>): void {
  const open = new Map<string, Close>();
  const keyOf = (contents: WebContents, id: unknown): string => `${contents.id}/${String(id)}`;

  ipcMain.handle(channels.call, async (event, name: unknown, input: unknown) => {
    if (!isOurs(event, windows, origin)) return refuse('not-allowed');
    return dispatcher.call(name, input, { cancelled: () => event.sender.isDestroyed() });
  });

  ipcMain.on(channels.open, (event, id: unknown, name: unknown, input: unknown, since: unknown) => {
    if (!isOurs(event, windows, origin)) return;
    const contents = event.sender;
    const key = keyOf(contents, id);
    const send = (message: unknown): void => {
      if (!contents.isDestroyed()) contents.send(channels.item, id, message);
    };
    let ended = false;
    const close = dispatcher.open(name, input, typeof since === 'number' ? since : null, {
      next: (item) => send({ item }),
      end(problem) {
        ended = true;
        open.delete(key);
        send({ end: problem ?? null });
      },
    });
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- `end` may have run inside `open`
    if (ended) return;
    open.set(key, close);
    contents.once('destroyed', () => {
      close();
      open.delete(key);
    });
  });

  ipcMain.on(channels.close, (event, id: unknown) => {
    if (!isOurs(event, windows, origin)) return;
    const key = keyOf(event.sender, id);
    open.get(key)?.();
    open.delete(key);
  });
}
