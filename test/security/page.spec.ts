import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { contentSecurityPolicy } from '../../main/shells/policy.ts';
import { expect, test } from '../stories/app.ts';
import { checkout } from '../stories/electron.ts';
import { judged } from '../stories/steps.ts';

/** Rows of the checklist that both shells must meet; the numbers are the checklist's. */

const sample = 'sample:intel-desktop';
const places = ['', 'groups', 'choose', 'write', 'simulator'] as const;
const hash = (page: Page, place: string): string => `${page.url().split('#')[0] ?? ''}#/${place}`;

test('1 On a tour of every place nothing is asked of anybody but the app itself', async ({ start, shell }) => {
  const { page } = await start(sample);
  const asked = new Set<string>();
  page.on('request', (request) => asked.add(request.url()));
  await page.reload();
  await judged(page);
  for (const place of places) {
    await page.goto(hash(page, place));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  expect(asked.size).toBeGreaterThan(3);
  const own = shell === 'desktop' ? 'slotwise://app/' : `${new URL(page.url()).origin}/`;
  expect([...asked].filter((url) => !url.startsWith(own) && !url.startsWith('data:'))).toEqual([]);
});

test('2 The page has nothing of Node, nor has a frame in it, and a worker cannot be made', async ({ start }) => {
  const { page } = await start(sample);
  await judged(page);
  const found = await page.evaluate(() => {
    const ofNode = ['require', 'process', 'module', 'Buffer', 'global', '__dirname', 'setImmediate'];
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const inFrame = frame.contentWindow as Window;
    const script = document.querySelector<HTMLScriptElement>('script[src]')?.src ?? '';
    const tryWorker = (make: () => unknown): string => {
      try {
        make();
        return 'made';
      } catch (thrown) {
        return (thrown as Error).name;
      }
    };
    return {
      page: ofNode.filter((name) => name in globalThis),
      frame: [...ofNode, 'slotwise'].filter((name) => name in inFrame),
      worker: tryWorker(() => new Worker(script, { type: 'module' })),
      shared: tryWorker(() => new SharedWorker(script, { type: 'module' })),
    };
  });
  expect(found).toEqual({ page: [], frame: [], worker: 'TypeError', shared: 'TypeError' });
});

test('7 The policy comes by header and stops inline scripts, eval, handlers and foreign images', async ({ start }) => {
  const { page } = await start(sample);
  await judged(page);
  const header = await page.evaluate(async () =>
    (await fetch(location.pathname)).headers.get('content-security-policy'),
  );
  expect(header).toBe(contentSecurityPolicy);
  await page.evaluate(async () => {
    const violated: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => violated.push(event.effectiveDirective));
    const ran: string[] = [];
    Object.assign(globalThis, { ran, violated });
    // The debugger lets eval through while it evaluates; what follows runs in a task of the page's own.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const tried = (name: string, act: () => void): void => {
      try {
        act();
      } catch {
        violated.push(`thrown: ${name}`);
      }
    };
    tried('inline', () => {
      const script = document.createElement('script');
      script.append("ran.push('inline')");
      document.body.append(script);
    });
    tried('eval', () => {
      globalThis.eval("ran.push('eval')");
    });
    tried('markup', () => {
      // eslint-disable-next-line no-restricted-syntax -- the very thing that has to fail
      document.createElement('div').innerHTML = '<img src=x onerror="ran.push(1)">';
    });
    tried('handler', () => {
      const button = document.createElement('button');
      button.setAttribute('onclick', "ran.push('handler')");
      document.body.append(button);
      button.click();
      button.remove();
    });
    const image = new Image();
    image.src = 'https://example.com/x.png';
    document.body.append(image);
    const frame = document.createElement('iframe');
    frame.src = 'https://example.com/';
    document.body.append(frame);
    await fetch('https://example.com/').catch(() => violated.push('fetch failed'));
  });
  const seen = (name: 'ran' | 'violated'): Promise<string[]> =>
    page.evaluate((list) => (globalThis as unknown as Record<string, string[]>)[list] ?? [], name);
  await expect
    .poll(() => seen('violated'))
    .toEqual(
      expect.arrayContaining([
        'thrown: eval',
        'thrown: markup',
        'thrown: handler',
        'fetch failed',
        'require-trusted-types-for',
        'img-src',
        'connect-src',
        'frame-src',
      ]),
    );
  expect(await seen('ran')).toEqual([]);
});

test('6 Another origin is out of the page’s reach', async ({ start }) => {
  const { page } = await start(sample);
  await judged(page);
  const answers = await page.evaluate(() =>
    Promise.all(
      ['https://example.com/', 'http://127.0.0.1:1/', 'file:///etc/hostname'].map((url) =>
        fetch(url).then(
          () => 'answered',
          () => 'refused',
        ),
      ),
    ),
  );
  expect(answers).toEqual(['refused', 'refused', 'refused']);
});

/** Lets a file fall onto the middle of the page, as a file manager does. */
async function dropFile(page: Page, file: string): Promise<void> {
  const client = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await client.send('Input.dispatchDragEvent', {
      type,
      x: 400,
      y: 400,
      data: { items: [], files: [file], dragOperationsMask: 1 },
    });
  }
}

test('13 A script for an address and a file that falls onto the page leave it where it is', async ({
  start,
  shell,
}) => {
  const { page } = await start(sample);
  await judged(page);
  const before = page.url();
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'javascript:document.title="ran"';
    document.body.append(link);
    link.click();
    link.remove();
  });
  await dropFile(page, join(checkout, 'package.json'));
  await page.waitForTimeout(500);
  expect(page.url()).toBe(before);
  await expect(page).toHaveTitle(/Slotwise/);
  // A browser opens such a file in a tab of its own.
  if (shell === 'desktop') expect(page.context().pages()).toHaveLength(1);
});

test('N2 Whatever is sent, the answer is data with a code', async ({ start, shell }) => {
  const { page } = await start(sample);
  await judged(page);
  const answers = await page.evaluate(async (served) => {
    const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown;
    const inputs: unknown[] = [
      null,
      [],
      'text',
      -1,
      deep,
      { give: ['../../etc/passwd'], lose: [], vm: 'x', profile: 'gaming' },
      JSON.parse('{"__proto__":{"source":null},"constructor":1}'),
      { source: 'x'.repeat(1_500_000) },
    ];
    const names = [
      'plan.make',
      'machine.look',
      'recipe.render',
      'scenario.record',
      '__proto__',
      'constructor',
      'nothing',
    ];
    const call = async (name: string, input: unknown): Promise<unknown> => {
      if (!served) {
        const { slotwise } = globalThis as unknown as { slotwise: { call(n: string, i: unknown): Promise<unknown> } };
        // The bridge itself turns away what is nested deeper than 1000; the page's own world sees that as an exception.
        return Promise.resolve()
          .then(() => slotwise.call(name, input))
          .catch(() => ({ ok: false, problem: { code: 'too-deep' } }));
      }
      const body = JSON.stringify(input);
      const response = await fetch(`/api/${name}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      });
      return response.status === 404
        ? { ok: false, problem: { code: 'unknown-endpoint' } }
        : ((await response.json()) as unknown);
    };
    const found: { name: string; answer: unknown }[] = [];
    for (const name of names) for (const input of inputs) found.push({ name, answer: await call(name, input) });
    return found;
  }, shell === 'served');
  for (const { name, answer } of answers) {
    expect(answer, name).toMatchObject({
      ok: false,
      problem: { code: expect.stringMatching(/^(?!bug$)[a-z-]+$/) as unknown as string },
    });
  }
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});
