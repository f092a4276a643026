import type { Close, Sink } from '../../main/contract/endpoint.ts';
import { refuse, type Problem, type Reply } from '../../main/contract/problem.ts';
import { connection } from './connection.svelte.ts';
import type { Transport } from './transport.ts';

const refusedStatus = 401;
const firstPause = 500;
const longestPause = 8000;

const reached = (): void => {
  connection.state = 'connected';
};

/** Sequence number of a server-sent event, which travels as its id. */
const sequenceOf = (event: MessageEvent): number => Number(event.lastEventId);

/** The served shell: calls are POSTs of JSON, streams are server-sent events that resume from the last number seen. */
export function overHttp(): Transport {
  async function call(name: string, input: unknown, signal: AbortSignal): Promise<Reply<unknown>> {
    try {
      const response = await fetch(`/api/${name}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(input),
        signal,
      });
      if (response.status === refusedStatus) {
        connection.state = 'refused';
        return refuse('not-allowed');
      }
      reached();
      if (!response.ok) return refuse('bad-input', name, await response.text());
      return (await response.json()) as Reply<unknown>;
    } catch {
      if (signal.aborted) return refuse('cancelled');
      if (connection.state === 'connected') connection.state = 'waiting';
      return refuse('disconnected');
    }
  }

  function open(name: string, input: unknown, sink: Sink<unknown>): Close {
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pause = firstPause;
    let last: number | null = null;
    let closed = false;

    const end = (problem?: Problem): void => {
      close();
      sink.end(problem);
    };

    const connect = (): void => {
      const query = new URLSearchParams({ input: JSON.stringify(input) });
      if (last !== null) query.set('since', String(last));
      source = new EventSource(`/api/stream/${name}?${query.toString()}`);
      source.addEventListener('open', () => {
        pause = firstPause;
        reached();
      });
      source.addEventListener('item', (event) => {
        last = sequenceOf(event);
        sink.next({ sequence: last, value: JSON.parse(String(event.data)) as unknown });
      });
      source.addEventListener('end', (event) => {
        end((JSON.parse(String(event.data)) as Problem | null) ?? undefined);
      });
      // The browser's own retry gives up after an HTTP error and never says which; ours asks with a call first.
      source.addEventListener('error', () => {
        source?.close();
        timer = setTimeout(() => void retry(), pause);
        pause = Math.min(pause * 2, longestPause);
      });
    };

    const retry = async (): Promise<void> => {
      const answer = await call('app.about', {}, new AbortController().signal);
      if (closed) return;
      if (answer.ok) connect();
      else if (answer.problem.code === 'not-allowed') end(answer.problem);
      else {
        timer = setTimeout(() => void retry(), pause);
        pause = Math.min(pause * 2, longestPause);
      }
    };

    function close(): void {
      closed = true;
      clearTimeout(timer);
      source?.close();
    }

    connect();
    return close;
  }

  return { shell: { kind: 'served', can: new Set(['download', 'pick-file']) }, call, open };
}
