import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from '../../assistant/dispatch.ts';

/** Above this, a reader that does not keep up is cut off; it comes back with its last number and gets a snapshot. */
const largestBacklog = 4_000_000;
const heartbeatMilliseconds = 15_000;

/**
 * `GET /api/stream/NAME?input=JSON`: server-sent events. Each item's `id` is its sequence number, so a browser that
 * reconnects by itself resumes with Last-Event-ID; `end` comes once, with a problem when the stream broke.
 */
export function serveStream(
  dispatcher: Dispatcher,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): void {
  const send = (event: string, id: number | null, data: unknown): void => {
    if (response.writableEnded) return;
    response.write(`${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (response.writableLength > largestBacklog) response.destroy();
  };
  let input: unknown;
  try {
    input = JSON.parse(url.searchParams.get('input') ?? '{}');
  } catch {
    input = undefined;
  }
  const sinceText = request.headers['last-event-id'] ?? url.searchParams.get('since');
  const since = typeof sinceText === 'string' && /^\d{1,15}$/.test(sinceText) ? Number(sinceText) : null;

  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  const beat = setInterval(() => void response.write(': here\n\n'), heartbeatMilliseconds);
  let ended = false;
  const close = dispatcher.open(name, input, since, {
    next: (item) => send('item', item.sequence, item.value),
    end(problem) {
      ended = true;
      send('end', null, problem ?? null);
      response.end();
    },
  });
  response.on('close', () => {
    clearInterval(beat);
    if (!ended) close();
  });
}
