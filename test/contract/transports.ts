import { request } from 'node:http';
import { vi } from 'vitest';
import type { Dispatcher } from '../../main/assistant/dispatch.ts';
import type { Reply } from '../../main/contract/problem.ts';
import { serve } from '../../main/shells/served/server.ts';
import { overBridge, type Bridge } from '../../renderer/link/bridge.ts';
import type { Transport } from '../../renderer/link/transport.ts';

export interface Running {
  readonly transport: Pick<Transport, 'call' | 'open'>;
  stop(): Promise<void>;
}
export type Start = (dispatcher: Dispatcher) => Promise<Running>;

const nothing = (): Promise<void> => Promise.resolve();

/** The dispatcher itself. */
export const inMemory: Start = (dispatcher) =>
  Promise.resolve({
    transport: {
      call: (name, input, signal) => dispatcher.call(name, input, { cancelled: () => signal.aborted }),
      open: (name, input, sink) => dispatcher.open(name, input, null, sink),
    },
    stop: nothing,
  });

/** The served shell's wire, spoken as a browser speaks it: a link, a cookie, JSON posts, server-sent events. */
export const overTheWire: Start = async (dispatcher) => {
  const served = await serve(dispatcher, new Map(), 0);
  const { pathname, search } = new URL(served.newUrl());
  const ask = (path: string, body: unknown, cookie: string) =>
    new Promise<{ text: string; cookie: string; status: number }>((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: served.port,
          path,
          method: body === undefined ? 'GET' : 'POST',
          headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('end', () => {
            const set = String(response.headers['set-cookie'] ?? '').split(';')[0] ?? '';
            resolve({ text, cookie: set, status: response.statusCode ?? 0 });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const { cookie } = await ask(pathname + search, undefined, '');

  return {
    transport: {
      async call(name, input) {
        const { text } = await ask(`/api/${name}`, input, cookie);
        return JSON.parse(text) as Reply<unknown>;
      },
      open(name, input, sink) {
        const path = `/api/stream/${name}?input=${encodeURIComponent(JSON.stringify(input))}`;
        const sent = request({ host: '127.0.0.1', port: served.port, path, headers: { cookie } }, (response) => {
          let rest = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => {
            const events = (rest + part).split('\n\n');
            rest = events.pop() ?? '';
            for (const event of events) {
              const field = (key: string): string | undefined =>
                event
                  .split('\n')
                  .find((line) => line.startsWith(`${key}: `))
                  ?.slice(key.length + 2);
              const data = JSON.parse(field('data') ?? 'null') as never;
              if (field('event') === 'item') sink.next({ sequence: Number(field('id')), value: data });
              // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- `never` stands for any item here
              if (field('event') === 'end') sink.end(data ?? undefined);
            }
          });
          response.on('error', () => undefined);
        });
        sent.on('error', () => undefined);
        sent.end();
        return () => sent.destroy();
      },
    },
    stop: () => served.close(),
  };
};

type Listener = (...args: unknown[]) => unknown;

/**
 * The preload's bridge and the main process's channels, joined by copies as Electron's structured clone makes them; the
 * real Electron runs the same in the stories.
 */
export const overTheBridge: Start = async (dispatcher) => {
  const copy = <T>(value: T): T => structuredClone(value);
  const mainSide = new Map<string, Listener>();
  const pageSide = new Map<string, Listener>();
  const contents = {
    id: 7,
    isDestroyed: () => false,
    on: () => undefined,
    once: () => undefined,
    send: (channel: string, ...args: unknown[]) =>
      setImmediate(() => pageSide.get(channel)?.({}, ...args.map((value) => copy(value)))),
  };
  const event = { sender: contents, senderFrame: { url: 'slotwise://app/', parent: null } };
  let bridge: Bridge | undefined;
  vi.doMock('electron', () => ({
    protocol: {},
    ipcMain: {
      handle: (channel: string, listener: Listener) => mainSide.set(channel, listener),
      on: (channel: string, listener: Listener) => mainSide.set(channel, listener),
    },
    ipcRenderer: {
      invoke: async (channel: string, ...args: unknown[]) =>
        copy(await mainSide.get(channel)?.(event, ...args.map((value) => copy(value)))),
      send: (channel: string, ...args: unknown[]) =>
        mainSide.get(channel)?.(event, ...args.map((value) => copy(value))),
      on: (channel: string, listener: Listener) => pageSide.set(channel, listener),
    },
    contextBridge: { exposeInMainWorld: (_name: string, exposed: Bridge) => (bridge = exposed) },
  }));
  vi.resetModules();
  const { listenToWindows } = await import('../../main/shells/desktop/channels.ts');
  listenToWindows(dispatcher, new Set([7]));
  await import('../../main/shells/desktop/preload.ts');
  if (bridge === undefined) throw new Error('the preload exposed nothing');
  return { transport: overBridge(bridge), stop: nothing };
};
