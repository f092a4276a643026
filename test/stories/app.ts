import { _electron, test as base, type BrowserContext, type ElectronApplication, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout, desktopHindrance, electronPath } from './electron.ts';
import { startServed } from './served.ts';

export interface ShellOptions {
  shell: 'served' | 'desktop';
}

/** One started app, in either shell. */
export interface App {
  readonly page: Page;
  readonly electron: ElectronApplication | null;
  /** as `kill -9` ends it: nothing is saved on the way out */
  kill(): Promise<void>;
}

export interface Starter {
  /** starts the app on a source (null: this host); a second start finds the same state folder */
  (
    source: string | null,
    options?: { colorScheme?: 'light' | 'dark'; viewport?: { width: number; height: number } },
  ): Promise<App>;
  readonly state: string;
}

interface Fixtures {
  start: Starter;
}

/** With CI=true what is missing is a failure, elsewhere a skip that names it. */
export function skipUnlessDesktop(): void {
  const hindrance = desktopHindrance();
  if (hindrance === null) return;
  if (process.env['CI'] === 'true') throw new Error(`the desktop cannot be tested: ${hindrance}`);
  base.skip(true, hindrance);
}

export const test = base.extend<Fixtures & ShellOptions>({
  shell: ['served', { option: true }],
  start: async ({ shell, browser }, use) => {
    if (shell === 'desktop') skipUnlessDesktop();
    const state = mkdtempSync(join(tmpdir(), 'slotwise-story-'));
    const stops: (() => Promise<void>)[] = [];

    const startInBrowser: Starter = Object.assign(
      async (source: string | null, options: Parameters<Starter>[1] = {}) => {
        const served = await startServed(source, state);
        const context: BrowserContext = await browser.newContext({
          colorScheme: options.colorScheme ?? 'light',
          viewport: options.viewport ?? { width: 1440, height: 900 },
          reducedMotion: 'reduce',
          permissions: ['clipboard-read', 'clipboard-write'],
        });
        stops.push(
          () => context.close(),
          () => served.stop(),
        );
        const page = await context.newPage();
        await page.goto(served.url);
        return {
          page,
          electron: null,
          kill: async () => {
            served.process.kill('SIGKILL');
            await context.close();
          },
        };
      },
      { state },
    );

    const startInWindow: Starter = Object.assign(
      async (source: string | null, options: Parameters<Starter>[1] = {}) => {
        const electron = await _electron.launch({
          executablePath: electronPath() ?? '',
          args: [
            checkout,
            `--user-data-dir=${join(state, 'electron')}`,
            ...(source === null ? [] : [`--machine=${source}`]),
          ],
          chromiumSandbox: process.getuid?.() !== 0,
          colorScheme: options.colorScheme ?? 'light',
          env: {
            ...(process.env as Record<string, string>),
            XDG_STATE_HOME: join(state, 'state'),
            XDG_DATA_HOME: join(state, 'data'),
            HOME: state,
          },
        });
        const page = await electron.firstWindow();
        await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: options.colorScheme ?? 'light' });
        const { viewport } = options;
        if (viewport !== undefined) {
          await electron.evaluate(({ BrowserWindow }, size) => {
            BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height);
          }, viewport);
        }
        stops.push(() => electron.close());
        return {
          page,
          electron,
          kill: async () => {
            const gone = new Promise((resolve) => electron.process().once('exit', resolve));
            electron.process().kill('SIGKILL');
            await gone;
          },
        };
      },
      { state },
    );

    await use(shell === 'desktop' ? startInWindow : startInBrowser);
    for (const stop of stops) await stop().catch(() => undefined);
    rmSync(state, { recursive: true, force: true });
  },
});
