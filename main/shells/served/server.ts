import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dispatcher } from '../../assistant/dispatch.ts';
import type { Page } from '../pages.ts';
import { securityHeaders } from '../policy.ts';
import { readJson } from './body.ts';
import { serveStream } from './event-stream.ts';
import { Gate, type Refusal } from './gate.ts';

export interface Served {
  readonly port: number;
  /** a URL that works once, for one browser */
  newUrl(): string;
  close(): Promise<void>;
}

const loopback = '127.0.0.1';

const plain = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${text}\n`);
};

const usedLink =
  'This link has been used, or belongs to an earlier start. Each link opens Slotwise once, in one browser.\n' +
  'Press Enter where Slotwise runs, or start it again, and open the new link.';

const refused = (response: ServerResponse, refusal: Refusal): void =>
  plain(response, refusal.status, refusal.status === 401 ? usedLink : `Not allowed: ${refusal.reason}.`);

/** Starts on the loopback address only; `port` 0 takes a free one. Rejects when the port is taken (EADDRINUSE). */
export async function serve(dispatcher: Dispatcher, pages: ReadonlyMap<string, Page>, port: number): Promise<Served> {
  const gate = new Gate();

  const enter = (request: IncomingMessage, response: ServerResponse, url: URL): void => {
    const place = gate.refusesPlace(request.headers);
    if (place !== null) {
      refused(response, place);
      return;
    }
    const session = gate.redeem(url.searchParams.get('token') ?? '');
    if (session === null) {
      // The same link opened again in the browser that redeemed it (back button, restored tab) leads in.
      if (gate.refuses(request.headers) !== null) {
        plain(response, 401, usedLink);
        return;
      }
      response.writeHead(303, { Location: '/' });
    } else response.writeHead(303, { Location: '/', 'Set-Cookie': gate.cookie(session) });
    response.end();
  };

  const api = async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    const body = await readJson(request);
    if (!body.ok) {
      // What is left of a refused upload is not read.
      response.setHeader('Connection', 'close');
      plain(response, body.status, `Not understood: ${body.reason}.`);
      return;
    }
    const reply = await dispatcher.call(name, body.value, { cancelled: () => request.socket.destroyed });
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify(reply));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [header, value] of Object.entries(securityHeaders)) response.setHeader(header, value);
    const url = new URL(request.url ?? '/', 'http://loopback');
    if (request.method === 'GET' && url.pathname === '/enter') {
      enter(request, response, url);
      return;
    }
    const refusal = gate.refuses(request.headers);
    if (refusal !== null) {
      refused(response, refusal);
      return;
    }
    const call = /^\/api\/([a-z.-]{1,64})$/.exec(url.pathname)?.[1];
    const stream = /^\/api\/stream\/([a-z.-]{1,64})$/.exec(url.pathname)?.[1];
    if (call !== undefined && request.method === 'POST') return api(request, response, call);
    if (stream !== undefined && request.method === 'GET') {
      serveStream(dispatcher, stream, request, response, url);
      return;
    }
    const page = pages.get(url.pathname);
    if (page === undefined) {
      plain(response, 404, 'There is nothing at this address.');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      plain(response, 405, 'Only GET.');
      return;
    }
    const immutable = url.pathname.startsWith('/assets/');
    response.writeHead(200, {
      'Content-Type': page.type,
      'Content-Length': page.body.length,
      'Cache-Control': immutable ? 'private, max-age=31536000, immutable' : 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : page.body);
  };

  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) plain(response, 400, 'The request could not be read.');
      else response.destroy();
    });
  });
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopback, resolve);
  });
  const taken = (server.address() as AddressInfo).port;

  return {
    port: taken,
    newUrl: () => `http://${loopback}:${taken}/enter?token=${gate.newLink()}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
