import type { IncomingMessage } from 'node:http';

/** The largest request: a report that somebody opens in the page (`machine.open`), with JSON's escapes. */
export const largestBody = 33_000_000;

export type Body = { ok: true; value: unknown } | { ok: false; status: 400 | 413 | 415; reason: string };

/** Reads a JSON body. Only application/json: a form or a text/plain post needs no preflight and could come from any page. */
export async function readJson(request: IncomingMessage): Promise<Body> {
  if (!/^application\/json(?:\s*;|$)/.test(request.headers['content-type'] ?? '')) {
    return { ok: false, status: 415, reason: 'expected application/json' };
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > largestBody) return { ok: false, status: 413, reason: 'larger than 33 MB' };
    chunks.push(chunk as Buffer);
  }
  try {
    return { ok: true, value: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown };
  } catch {
    return { ok: false, status: 400, reason: 'not JSON' };
  }
}
