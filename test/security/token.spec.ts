import { expect, test } from '../stories/app.ts';
import { commandOf, environmentOf, familyOf } from '../stories/processes.ts';
import { filesBelow, judged, openPlace } from '../stories/steps.ts';

test(
  'N8 The link’s token and the session leave no trace: not in the page, its requests, processes, files or what is printed',
  { tag: '@served' },
  async ({ start }) => {
    const { page, served } = await start('sample:intel-desktop');
    await judged(page);
    const token = new URL(served?.url ?? '').searchParams.get('token') ?? '';
    const [cookie, ...others] = await page.context().cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', expires: -1 });
    const secrets = [token, cookie?.value ?? ''];
    expect(secrets.map((secret) => secret.length)).toEqual([43, 43]);
    const told = (text: string): boolean => secrets.some((secret) => text.includes(secret));

    const asked: { url: string; referer: string }[] = [];
    page.on('request', (request) => asked.push({ url: request.url(), referer: request.headers()['referer'] ?? '' }));
    await page.reload();
    await judged(page);
    await openPlace(page, /^Groups/);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter(({ url, referer }) => told(url) || referer !== '')).toEqual([]);

    const seen = await page.evaluate(() => ({
      address: location.href,
      referrer: document.referrer,
      cookie: document.cookie,
      kept: JSON.stringify([localStorage, sessionStorage]),
      page: document.documentElement.outerHTML,
    }));
    expect(told(JSON.stringify(seen))).toBe(false);
    expect([seen.referrer, seen.cookie]).toEqual(['', '']);

    // The one line that hands the link over, and nothing after it.
    const printed = served?.printed() ?? '';
    expect(printed.split(token)).toHaveLength(2);
    expect(printed).not.toContain(cookie?.value);

    const family = familyOf(served?.process.pid ?? 0);
    expect(family.map(commandOf).join('\n')).toContain('slotwise.cjs');
    expect(family.flatMap((pid) => [commandOf(pid), environmentOf(pid)]).filter(told)).toEqual([]);
    expect([...filesBelow(start.state)].filter(([name, text]) => told(name) || told(text))).toEqual([]);
  },
);
