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
  const streams = new Map<number, Map<unknown, Close>>();

  /** The streams of the page that a window shows. A page that goes takes them along: the next one counts from 1 again. */
  const streamsOf = (contents: WebContents): Map<unknown, Close> => {
    const known = streams.get(contents.id);
    if (known !== undefined) return known;
    const mine = new Map<unknown, Close>();
    const closeAll = (): void => {
      for (const close of mine.values()) close();
      mine.clear();
    };
    streams.set(contents.id, mine);
    contents.on('did-start-navigation', (_event, _url, inPlace, mainFrame) => {
      if (mainFrame && !inPlace) closeAll();
    });
    contents.on('render-process-gone', closeAll);
    contents.once('destroyed', () => {
      closeAll();
      streams.delete(contents.id);
    });
    return mine;
  };

  ipcMain.handle(channels.call, async (event, name: unknown, input: unknown) => {
    if (!isOurs(event, windows, origin)) return refuse('not-allowed');
    return dispatcher.call(name, input, { cancelled: () => event.sender.isDestroyed() });
  });

  ipcMain.on(channels.open, (event, id: unknown, name: unknown, input: unknown, since: unknown) => {
    if (!isOurs(event, windows, origin)) return;
    const contents = event.sender;
    const mine = streamsOf(contents);
    const send = (message: unknown): void => {
      if (!contents.isDestroyed()) contents.send(channels.item, id, message);
    };
    let ended = false;
    const close = dispatcher.open(name, input, typeof since === 'number' ? since : null, {
      next: (item) => send({ item }),
      end(problem) {
        ended = true;
        mine.delete(id);
        send({ end: problem ?? null });
      },
    });
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- `end` may have run inside `open`
    if (!ended) mine.set(id, close);
  });

  ipcMain.on(channels.close, (event, id: unknown) => {
    if (!isOurs(event, windows, origin)) return;
    const mine = streamsOf(event.sender);
    mine.get(id)?.();
    mine.delete(id);
  });
}
