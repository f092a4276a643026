import type { Page } from '@playwright/test';
import { contentSecurityPolicy } from '../../main/shells/policy.ts';
import { expect, test } from '../stories/app.ts';
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

test('2 The page has nothing of Node', async ({ start }) => {
  const { page } = await start(sample);
  await judged(page);
  expect(
    await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'global', '__dirname'].filter((name) => name in globalThis),
    ),
  ).toEqual([]);
});

test('7 The policy comes by header and stops inline scripts, eval, handlers and foreign images', async ({
  start,
  shell,
}) => {
  const { page } = await start(sample);
  await judged(page);
  const header = await page.evaluate(async () =>
    (await fetch(location.pathname)).headers.get('content-security-policy'),
  );
  if (shell === 'served') expect(header).toBe(contentSecurityPolicy);
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

test('13 No link, script or meta leads the page away', async ({ start, shell }) => {
  const { page, electron } = await start(sample);
  await judged(page);
  const before = page.url();
  if (shell === 'desktop') {
    for (const target of ['https://example.com/', 'file:///etc/passwd', 'slotwise://evil/', 'slotwise://app.evil/']) {
      await page.evaluate((url) => {
        location.href = url;
      }, target);
    }
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'https://example.com/';
      link.target = '_top';
      document.body.append(link);
      link.click();
      link.remove();
    });
  }
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'javascript:document.title="ran"';
    document.body.append(link);
    link.click();
    link.remove();
  });
  // Playwright waits for a navigation that was stopped as if it were under way, so the window itself is asked.
  const where = (): Promise<{ url: string; title: string }> =>
    electron === null
      ? page.evaluate(() => ({ url: location.href, title: document.title }))
      : electron.evaluate(({ BrowserWindow }) => {
          const contents = BrowserWindow.getAllWindows()[0]?.webContents;
          return { url: contents?.getURL() ?? '', title: contents?.getTitle() ?? '' };
        });
  await expect.poll(where).toEqual({ url: before, title: expect.stringContaining('Slotwise') as unknown as string });
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
    const names = ['plan.make', 'machine.look', 'recipe.render', 'story.record', '__proto__', 'constructor', 'nothing'];
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
