import { expect, test } from '../../stories/app.ts';
import { commandOf, familyOf, statusOf } from '../../stories/processes.ts';
import { judged } from '../../stories/steps.ts';

/** Rows of the checklist that only the window has; the numbers are the checklist's. */

const sample = 'sample:intel-desktop';

test('3 What the page does to its own world never reaches the bridge', async ({ start }) => {
  const { page } = await start(sample);
  await judged(page);
  // A file of ours that is no page: the bridge is there, and no code of the app that would call these by itself.
  const sheet = await page.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel=stylesheet]')?.href ?? '');
  await page.goto(sheet);
  const seen = await page.evaluate(async () => {
    let touched = 0;
    const { map } = Array.prototype;
    const { parse, stringify } = JSON;
    Array.prototype.map = function (...args) {
      touched += 1;
      return map.apply(this, args) as never;
    };
    JSON.parse = (...args) => {
      touched += 1;
      return parse(...args) as unknown;
    };
    JSON.stringify = ((...args: Parameters<typeof stringify>) => {
      touched += 1;
      return stringify(...args);
    }) as typeof stringify;
    const bridge = (globalThis as unknown as { slotwise: { call(n: string, i: unknown): Promise<unknown> } }).slotwise;
    const before = touched;
    const answer = await bridge.call('app.about', {});
    return { answer, touched: touched - before };
  });
  expect(seen).toMatchObject({ answer: { ok: true }, touched: 0 });
});

test('4 The renderer runs in Chromium’s sandbox, as an ordinary user', async ({ start }) => {
  const { page, electron } = await start(sample);
  await judged(page);
  const renderer = await electron?.evaluate(
    ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
  );
  expect(commandOf(renderer ?? 0)).toContain('--type=renderer');
  const facts = statusOf(renderer ?? 0);
  expect(facts).toMatch(/^Seccomp:\s+2$/m);
  expect(facts).toMatch(/^NoNewPrivs:\s+1$/m);
  expect(facts).not.toMatch(/^Uid:\s+0\s/m);
  const lines = familyOf(electron?.process().pid ?? 0).map(commandOf);
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.filter((line) => line.includes('--no-sandbox'))).toEqual([]);
});

test('5 Every permission is refused but copying', async ({ start }) => {
  const { page } = await start(sample);
  await judged(page);
  const refused = [
    'notifications',
    'geolocation',
    'camera',
    'microphone',
    'midi',
    'clipboard-read',
    'persistent-storage',
    'screen-wake-lock',
    'idle-detection',
    'local-fonts',
    'accelerometer',
    'display-capture',
  ];
  // What is only looked up. Electron grants all of it where nobody decides.
  const states = await page.evaluate(
    (names) =>
      Promise.all(
        names.map(async (name) => {
          const { state } = await navigator.permissions.query({ name: name as PermissionName });
          return [name, state] as const;
        }),
      ),
    [...refused, 'clipboard-write'],
  );
  expect(Object.fromEntries(states)).toEqual({
    ...Object.fromEntries(refused.map((name) => [name, 'denied'])),
    'clipboard-write': 'granted',
  });

  // What is asked for.
  const asked = await page.evaluate(async () => {
    const devices = navigator as unknown as Record<
      'usb' | 'hid' | 'serial',
      { requestDevice(ask: object): Promise<unknown>; requestPort(): Promise<unknown> }
    >;
    const tries: Record<string, () => Promise<unknown>> = {
      notifications: () => Notification.requestPermission(),
      position: () =>
        new Promise((resolve, reject) => {
          navigator.geolocation.getCurrentPosition(resolve, ({ code }) => reject(new Error(`code ${code}`)));
        }),
      screen: () => navigator.mediaDevices.getDisplayMedia({ video: true }),
      midi: () => navigator.requestMIDIAccess({ sysex: true }),
      wakefulness: () => navigator.wakeLock.request('screen'),
      persistence: () => navigator.storage.persist(),
      usb: () => devices.usb.requestDevice({ filters: [] }),
      hid: () => devices.hid.requestDevice({ filters: [] }),
      serial: () => devices.serial.requestPort(),
    };
    const answers: Record<string, unknown> = {};
    for (const [name, ask] of Object.entries(tries)) {
      answers[name] = await ask().catch((thrown: unknown) =>
        thrown instanceof DOMException ? thrown.name : thrown instanceof Error ? thrown.message : 'thrown',
      );
    }
    return answers;
  });
  expect(asked).toEqual({
    notifications: 'denied',
    position: 'code 1',
    screen: 'NotAllowedError',
    midi: 'SecurityError',
    wakefulness: 'NotAllowedError',
    persistence: false,
    usb: 'SecurityError',
    hid: 'SecurityError',
    serial: 'SecurityError',
  });
});

/** All that a window may have, as Electron tells it. A preference that is not here was not decided on. */
const preferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  enableBlinkFeatures: '',
  javascript: true,
  // Electron 22 tells these two; its successors have neither.
  enableWebSQL: false,
  disablePopups: false,
};

test('8-10 The window’s preferences are these and no others', async ({ start }) => {
  const { electron } = await start(sample);
  const told = await electron?.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    return contents.getLastWebPreferences();
  });
  const { enableWebSQL, disablePopups, ...always } = preferences;
  expect({ enableWebSQL, disablePopups, ...told }).toEqual({ enableWebSQL, disablePopups, ...always });
});

test('11-12 A webview comes to nothing', async ({ start }) => {
  const { page, electron } = await start(sample);
  await judged(page);
  await page.evaluate(() => {
    const view = document.createElement('webview');
    view.setAttribute('src', 'data:text/html,hello');
    document.body.append(view);
  });
  const count = await electron?.evaluate(
    ({ webContents }) => webContents.getAllWebContents().filter((one) => one.getType() !== 'window').length,
  );
  expect(count).toBe(0);
});

test('13 No address, link, frame or refresh leads the window away', async ({ start }) => {
  const { page, electron } = await start(sample);
  await judged(page);
  const before = page.url();
  const began = await electron?.evaluateHandle(({ BrowserWindow }) => {
    const addresses: string[] = [];
    BrowserWindow.getAllWindows()[0]?.webContents.on('did-navigate', (_event, url) => addresses.push(url));
    return addresses;
  });
  // An empty page (about:blank) is nobody's to stop; what it would call is refused by its address (sender.test.ts).
  const targets = [
    'https://example.com/',
    'file:///etc/passwd',
    'slotwise://evil/',
    'slotwise://app.evil/',
    'data:text/html,away',
  ];
  for (const target of targets) {
    await page.evaluate((url) => {
      location.href = url;
    }, target);
    await page.evaluate((url) => {
      const link = document.createElement('a');
      link.href = url;
      link.target = '_top';
      document.body.append(link);
      link.click();
      link.remove();
    }, target);
    await page.evaluate((url) => {
      const refresh = document.createElement('meta');
      refresh.httpEquiv = 'refresh';
      refresh.content = `0;url=${url}`;
      document.head.append(refresh);
    }, target);
    await page.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
    }, target);
  }
  // Playwright waits for a navigation that was stopped as if it were under way, so the window itself is asked.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const now = await electron?.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    return { url: contents?.getURL(), title: contents?.getTitle() };
  });
  expect(now).toEqual({ url: before, title: expect.stringContaining('Slotwise') as unknown as string });
  expect(await began?.jsonValue()).toEqual([]);
});

test('14 No second window opens', async ({ start }) => {
  const { page, electron } = await start(sample);
  await judged(page);
  await page.evaluate(() => {
    window.open('https://example.com/');
    window.open('/');
    const link = document.createElement('a');
    link.href = '/';
    link.target = '_blank';
    document.body.append(link);
    link.click();
  });
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link').first().click({ button: 'middle' });
  expect(await electron?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('17 A strange window with the same preload is refused', async ({ start }) => {
  const { page, electron } = await start(sample);
  await judged(page);
  const answer = await electron?.evaluate(async ({ app, BrowserWindow }) => {
    const preload = `${app.getAppPath()}/out/preload/preload.cjs`;
    const stranger = new BrowserWindow({
      show: false,
      webPreferences: { preload, sandbox: true, contextIsolation: true },
    });
    await stranger.loadURL('data:text/html,stranger');
    const said = (await stranger.webContents.executeJavaScript("window.slotwise.call('machine.get', {})")) as unknown;
    stranger.destroy();
    return said;
  });
  expect(answer).toEqual({ ok: false, problem: { code: 'not-allowed' } });
});

test('17 A frame inside the page has no bridge', async ({ start }) => {
  const { page } = await start(sample);
  await judged(page);
  const inside = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const frame = document.createElement('iframe');
        frame.src = '/';
        frame.addEventListener('load', () => {
          try {
            resolve(typeof (frame.contentWindow as unknown as { slotwise?: unknown }).slotwise);
          } catch {
            resolve('unreachable');
          }
        });
        document.body.append(frame);
      }),
  );
  expect(['undefined', 'unreachable']).toContain(inside);
});

test('18 The page’s scheme is ours and nothing else answers', async ({ start }) => {
  const { page } = await start(sample);
  await judged(page);
  expect(await page.evaluate(() => location.origin)).toBe('slotwise://app');
  const statuses = await page.evaluate(() =>
    Promise.all(
      [
        '/../../package.json',
        '/%2e%2e/package.json',
        '/..%2fpackage.json',
        '//etc/passwd',
        '/assets/..%5c..',
        '/nothing',
      ].map((path) =>
        fetch(path)
          .then(({ status }) => status)
          .catch(() => 0),
      ),
    ),
  );
  expect(statuses.filter((status) => status !== 404 && status !== 0)).toEqual([]);
});

test('20 The bridge is these verbs, and a stream’s callback gets one plain value', async ({ start }) => {
  const { page } = await start(sample);
  await judged(page);
  const seen = await page.evaluate(async () => {
    interface Bridge {
      kind: string;
      call(name: string, input: unknown): Promise<unknown>;
      open(name: string, input: unknown, since: number | null, take: (...args: unknown[]) => void): () => void;
    }
    const { slotwise } = globalThis as unknown as { slotwise: Bridge };
    const given = await new Promise<unknown[]>((resolve) => {
      const close = slotwise.open('machine.changes', {}, null, (...args) => {
        close();
        resolve(args);
      });
    });
    return {
      keys: Object.keys(slotwise).sort(),
      frozen: Object.isFrozen(slotwise),
      given: given.map((one) => JSON.stringify(one)),
      unknown: await slotwise.call('shell.openExternal', {}),
    };
  });
  expect(seen.keys).toEqual(['call', 'kind', 'open']);
  expect(seen.given).toHaveLength(1);
  expect(seen.given[0]).toMatch(/^\{"item":\{"sequence":0,"value":\{"revision":\d+,"readAt":.*\}\}\}$/);
  expect(seen.unknown).toMatchObject({ ok: false, problem: { code: 'unknown-endpoint' } });
});

test('Q2 The window has the page’s colour before there is a page', async ({ start }) => {
  const { page, electron } = await start(sample);
  await judged(page);
  const before = await electron?.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBackgroundColor(),
  );
  const painted = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const parts = [1, 3, 5].map((at) => parseInt((before ?? '').slice(at, at + 2), 16));
  expect(`rgb(${parts.join(', ')})`).toBe(painted);
});

test('N8 No switch of the program’s processes carries a secret', async ({ start }) => {
  const { electron } = await start(sample);
  const lines = familyOf(electron?.process().pid ?? 0).map(commandOf);
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.filter((line) => /token|secret|password/i.test(line))).toEqual([]);
});
