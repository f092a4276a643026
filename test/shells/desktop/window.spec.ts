import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '../../stories/app.ts';
import { sandboxed } from '../../stories/electron.ts';
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
  test.skip(!sandboxed, 'as root without SLOTWISE_DESKTOP_USER the sandbox is off');
  const { page, electron } = await start(sample);
  await judged(page);
  const ours = electron?.process().pid ?? 0;
  const status = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/status`, 'utf8');
    } catch {
      return '';
    }
  };
  const command = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  };
  const renderer = await electron?.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  );
  expect(command(String(renderer))).toContain('--type=renderer');
  const facts = status(String(renderer));
  expect(facts).toMatch(/^Seccomp:\s+2$/m);
  expect(facts).toMatch(/^NoNewPrivs:\s+1$/m);
  expect(facts).not.toMatch(/^Uid:\s+0\s/m);
  const family = readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && new RegExp(`^PPid:\\s+${ours}$`, 'm').test(status(pid)),
  );
  expect([String(ours), ...family].map(command).filter((line) => line.includes('--no-sandbox'))).toEqual([]);
});

test('5 Every permission is refused but copying', async ({ start }) => {
  const { page, electron } = await start(sample);
  await judged(page);
  const states = await page.evaluate(async () => {
    const names = [
      'notifications',
      'geolocation',
      'camera',
      'microphone',
      'midi',
      'clipboard-read',
      'persistent-storage',
    ];
    const answers: Record<string, string> = {};
    for (const name of names) {
      answers[name] = await navigator.permissions
        .query({ name: name as PermissionName })
        .then(({ state }) => state)
        .catch(() => 'unknown');
    }
    answers['asked'] = await Notification.requestPermission();
    const devices = navigator as unknown as Record<
      'usb' | 'hid' | 'serial',
      { getDevices?(): Promise<unknown[]>; getPorts?(): Promise<unknown[]> } | undefined
    >;
    const lists = await Promise.all(
      [devices.usb?.getDevices?.(), devices.hid?.getDevices?.(), devices.serial?.getPorts?.()].map((list) =>
        Promise.resolve(list ?? []).catch(() => []),
      ),
    );
    answers['devices'] = String(lists.flat().length);
    return answers;
  });
  const { asked, devices, ...queried } = states;
  expect(asked).toBe('denied');
  expect(devices).toBe('0');
  expect(Object.entries(queried).filter(([, state]) => state === 'granted')).toEqual([]);
  const checked = await electron?.evaluate(({ session }) => typeof session.defaultSession.setPermissionCheckHandler);
  expect(checked).toBe('function');
});

test('8-10 The window’s preferences are these and no others', async ({ start }) => {
  const { electron } = await start(sample);
  const preferences = await electron?.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    return contents.getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
  });
  // Chromium leaves out of its answer what is off by being asked for.
  for (const name of ['nodeIntegrationInWorker', 'spellcheck', 'plugins', 'navigateOnDragDrop']) {
    expect(preferences?.[name] ?? false, name).toBe(false);
  }
  expect(preferences?.['enableBlinkFeatures'] ?? '').toBe('');
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

test('N8 No switch of the program’s processes carries a secret', async ({ start }) => {
  const { electron } = await start(sample);
  const line = readFileSync(`/proc/${electron?.process().pid ?? 0}/cmdline`, 'utf8');
  expect(line).not.toMatch(/token|secret|password/i);
});
