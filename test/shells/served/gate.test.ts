import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve, type Served } from '../../../main/shells/served/server.ts';
import { contentSecurityPolicy } from '../../../main/shells/policy.ts';
import { request } from './request.ts';
import { sample, type Sample } from './sample-contract.ts';

let served: Served;
let backend: Sample;
let cookie: string;
const pages = new Map([['/', { type: 'text/html; charset=utf-8', body: Buffer.from('<!doctype html>') }]]);

const enter = async (): Promise<string> => {
  const { pathname, search } = new URL(served.newUrl());
  const answer = await request(served.port, { path: pathname + search });
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
};

beforeAll(async () => {
  backend = sample();
  served = await serve(backend.dispatcher, pages, 0);
  cookie = await enter();
});
afterAll(() => served.close());

const say = (headers: Record<string, string>, body = '{"text":"hello"}') =>
  request(served.port, { method: 'POST', path: '/api/echo.say', headers, body });
const good = () => ({ cookie, 'content-type': 'application/json' });

describe('the door', () => {
  test('a link works once', async () => {
    const { pathname, search } = new URL(served.newUrl());
    const first = await request(served.port, { path: pathname + search });
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/');
    expect(String(first.headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Strict$/);
    const second = await request(served.port, { path: pathname + search });
    expect(second.status).toBe(401);
    expect(second.body).toContain('has been used');
  });

  test('the same link opened again in the same browser leads in', async () => {
    const { pathname, search } = new URL(served.newUrl());
    const first = await request(served.port, { path: pathname + search });
    const own = String(first.headers['set-cookie']).split(';')[0] ?? '';
    expect((await request(served.port, { path: pathname + search, headers: { cookie: own } })).status).toBe(303);
  });

  test.each([
    ['no cookie', {}],
    ['another cookie', { cookie: 'slotwise=guess' }],
    ['an empty cookie', { cookie: 'slotwise=' }],
  ])('nothing is served with %s', async (_title, headers) => {
    expect((await request(served.port, { headers })).status).toBe(401);
    expect((await say({ ...headers, 'content-type': 'application/json' })).status).toBe(401);
  });

  test('with the cookie, pages and calls are', async () => {
    expect((await request(served.port, { headers: { cookie } })).status).toBe(200);
    expect(JSON.parse((await say(good())).body)).toEqual({ ok: true, value: { text: 'hello' } });
  });
});

describe('who is asking', () => {
  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example', '0.0.0.0'])(
    'Host %s is refused',
    async (host) => {
      expect((await say({ ...good(), host })).status).toBe(421);
    },
  );

  test.each([
    'http://evil.example',
    'https://127.0.0.1',
    'null',
    'http://127.0.0.1:1',
    'http://localhost.evil.example',
  ])('Origin %s is refused, for calls and for streams', async (origin) => {
    expect((await say({ ...good(), origin })).status).toBe(403);
    expect(
      (await request(served.port, { path: '/api/stream/echo.count?input={"to":1}', headers: { cookie, origin } }))
        .status,
    ).toBe(403);
  });

  test('our own origin under each loopback name is served', async () => {
    for (const host of [`127.0.0.1:${served.port}`, `localhost:${served.port}`, '[::1]:9999']) {
      expect((await say({ ...good(), host, origin: `http://${host}` })).status).toBe(200);
    }
  });

  test.each(['cross-site', 'same-site'])('Sec-Fetch-Site %s is refused', async (site) => {
    expect((await say({ ...good(), 'sec-fetch-site': site })).status).toBe(403);
  });

  test('no preflight is answered: OPTIONS gives no permission to other origins', async () => {
    const answer = await request(served.port, {
      method: 'OPTIONS',
      path: '/api/echo.say',
      headers: { cookie, 'access-control-request-method': 'POST' },
    });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(answer.status).toBe(404);
  });
});

describe('what is asked', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'a body of type "%s" is refused',
    async (type) => {
      expect((await say({ cookie, ...(type === '' ? {} : { 'content-type': type }) })).status).toBe(415);
    },
  );

  test('a body that is no JSON is refused, one that is too large is cut off', async () => {
    expect((await say(good(), '{')).status).toBe(400);
    const huge = await say(good(), `"${'x'.repeat(34_000_000)}"`).catch(() => null);
    expect(huge === null || huge.status === 413).toBe(true);
  });

  test.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '//etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/index.html%00',
    '/\\etc\\passwd',
    '/assets/',
  ])('the path %s leads nowhere', async (path) => {
    expect((await request(served.port, { path, headers: { cookie } })).status).toBe(404);
  });

  test('a mistake of ours shows its code and nothing of the inside', async () => {
    const answer = await say(good(), '{"text":"throw"}');
    expect(JSON.parse(answer.body)).toEqual({ ok: false, problem: { code: 'bug', subject: 'echo.say' } });
    expect(backend.reported).toContain('echo.say');
  });
});

test('every reply carries the policy', async () => {
  for (const answer of [
    await request(served.port, {}),
    await request(served.port, { headers: { cookie } }),
    await say(good()),
  ]) {
    expect(answer.headers['content-security-policy']).toBe(contentSecurityPolicy);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
  }
});

test('it listens on loopback only', async () => {
  const { networkInterfaces } = await import('node:os');
  const { connect } = await import('node:net');
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of others) {
    const refused = await new Promise((resolve) => {
      const socket = connect({ host: address, port: served.port });
      socket.once('connect', () => {
        socket.destroy();
        resolve(false);
      });
      socket.once('error', () => resolve(true));
    });
    expect(refused).toBe(true);
  }
});

test('a reader that goes away ends its stream', async () => {
  const { get } = await import('node:http');
  await new Promise<void>((resolve) => {
    const asked = get(
      {
        host: '127.0.0.1',
        port: served.port,
        path: '/api/stream/echo.count?input=%7B%22to%22%3A1000%7D',
        headers: { cookie },
      },
      (response) => {
        response.once('data', () => {
          expect(backend.open()).toBe(1);
          asked.destroy();
          resolve();
        });
      },
    );
  });
  await expect.poll(() => backend.open()).toBe(0);
});
