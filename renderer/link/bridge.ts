import type { Close, Sink } from '../../main/contract/endpoint.ts';
import { refuse, type Problem, type Reply } from '../../main/contract/problem.ts';
import type { Transport } from './transport.ts';

type Message = { item: { sequence: number; value: unknown } } | { end: Problem | null };

/** What main/shells/desktop/preload.ts puts on the window. */
export interface Bridge {
  readonly kind: 'desktop';
  call(name: string, input: unknown): Promise<unknown>;
  open(name: string, input: unknown, since: number | null, take: (message: Message) => void): () => void;
}

declare global {
  interface Window {
    readonly slotwise?: Bridge;
  }
}

/** The desktop shell: two verbs of the preload, same process group, so nothing to reconnect to. */
export function overBridge(bridge: Bridge): Transport {
  return {
    shell: { kind: 'desktop', can: new Set() },
    async call(name, input, signal) {
      let giveUp = (): void => undefined;
      const aborted = new Promise<Reply<never>>((resolve) => {
        giveUp = () => resolve(refuse('cancelled'));
        signal.addEventListener('abort', giveUp);
      });
      try {
        return await Promise.race([bridge.call(name, input) as Promise<Reply<unknown>>, aborted]);
      } catch {
        // ipcRenderer.invoke rejects when the main process is gone or threw outside the dispatcher.
        return refuse('bug', name);
      } finally {
        // One signal may outlive many calls.
        signal.removeEventListener('abort', giveUp);
      }
    },
    open(name, input, sink: Sink<unknown>): Close {
      return bridge.open(name, input, null, (message) => {
        if ('item' in message) sink.next(message.item);
        else sink.end(message.end ?? undefined);
      });
    },
  };
}
