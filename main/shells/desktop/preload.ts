import { contextBridge, ipcRenderer } from 'electron';

// A sandboxed preload is one CommonJS file that may require electron and nothing else; so the four names of channels.ts
// stand here again, and test/shells/desktop holds them equal.
const names = { call: 'slotwise:call', open: 'slotwise:open', close: 'slotwise:close', item: 'slotwise:item' };

type Message = { item: { sequence: number; value: unknown } } | { end: unknown };
const takers = new Map<number, (message: Message) => void>();
let last = 0;

ipcRenderer.on(names.item, (_event, id: number, message: Message) => {
  takers.get(id)?.(message);
  if ('end' in message) takers.delete(id);
});

/** What the page gets: two verbs, no IPC, no event objects. */
const bridge = {
  kind: 'desktop',
  call: (name: string, input: unknown): Promise<unknown> => ipcRenderer.invoke(names.call, name, input),
  open(name: string, input: unknown, since: number | null, take: (message: Message) => void): () => void {
    const id = ++last;
    takers.set(id, (message) => take(message));
    ipcRenderer.send(names.open, id, name, input, since);
    return () => {
      if (takers.delete(id)) ipcRenderer.send(names.close, id);
    };
  },
} as const;

export type Bridge = typeof bridge;

contextBridge.exposeInMainWorld('slotwise', bridge);
