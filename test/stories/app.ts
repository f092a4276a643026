import {
  _electron,
  expect,
  test as base,
  type BrowserContext,
  type BrowserContextOptions,
  type ElectronApplication,
  type Page,
} from '@playwright/test';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPackaged } from '../packaging/start.ts';
import { startDisplay } from './display.ts';
import { desktopHindrance, desktopProgram, handOver } from './electron.ts';
import { startServed, type ServedApp } from './served.ts';

export interface ShellOptions {
  /** the served page in a browser, the window of the development binary, or the packaged program's */
  shell: 'served' | 'desktop' | 'packaged';
}

/** One started app, in any shell. */
export interface App {
  readonly page: Page;
  readonly electron: ElectronApplication | null;
  readonly served: ServedApp | null;
  /** as `kill -9` ends it: nothing is saved on the way out */
  kill(): Promise<void>;
}

export interface StartOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly viewport?: { readonly width: number; readonly height: number };
  /** only where the shell is a browser: what its page is given */
  readonly context?: BrowserContextOptions;
}

export interface Starter {
  /** starts the app on a source (null: this host); a second start finds the same state folder */
  (source: string | null, options?: StartOptions): Promise<App>;
  /** belongs to whom the app runs as; machines that a test makes go below it */
  readonly state: string;
}

interface Fixtures {
  start: Starter;
}

interface WorkerFixtures extends ShellOptions {
  /** where the windows of this worker open */
  display: null;
}

/** With CI=true what is missing is a failure, elsewhere a skip that names it. */
export function skipUnlessDesktop(): void {
  const hindrance = desktopHindrance();
  if (hindrance === null) return;
  if (process.env['CI'] === 'true') throw new Error(`the desktop cannot be tested: ${hindrance}`);
  base.skip(true, hindrance);
}

const desk = { width: 1440, height: 900 };

type LaunchOptions = NonNullable<Parameters<typeof _electron.launch>[0]>;

/** An attached window stands within two seconds; this is many times that. */
const launchPatience = 20_000;

/**
 * Playwright attaches to Electron 22 by two debuggers, and about one launch in a hundred never hears from the second:
 * the program runs and nobody is told. That launch is given up and made again; it says nothing about the program, whose
 * own start is held by every story that follows. It did run, though, and wrote down what it saw: `restore` puts the state
 * back as it was, so that the story's start is the first.
 */
async function launch(options: LaunchOptions, restore: () => void, left = 2): Promise<ElectronApplication> {
  try {
    return await _electron.launch({ ...options, timeout: launchPatience });
  } catch (thrown) {
    if (left === 0 || !(thrown instanceof Error) || !/Timeout/.test(thrown.message)) throw thrown;
    restore();
    return launch(options, restore, left - 1);
  }
}

/** What the program keeps of its own below the state of a story; Chromium's profile lies beside these. */
const ownFolders = ['state', 'data'] as const;

/** Remembers in `aside` what the program has written so far; the answer puts it back. */
function remember(state: string, aside: string): () => void {
  const kept = ownFolders.map((folder) => ({ at: join(state, folder), copy: join(aside, folder) }));
  for (const { at, copy } of kept) cpSync(at, copy, { recursive: true });
  return () => {
    for (const { at, copy } of kept) {
      rmSync(at, { recursive: true, force: true });
      cpSync(copy, at, { recursive: true });
    }
    handOver(state);
  };
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  shell: ['served', { option: true, scope: 'worker' }],
  display: [
    async ({ shell }, use) => {
      const end = shell === 'served' ? () => undefined : await startDisplay();
      await use(null);
      end();
    },
    { scope: 'worker', auto: true },
  ],
  start: async ({ shell, browser }, use) => {
    if (shell !== 'served') skipUnlessDesktop();
    const state = mkdtempSync(join(tmpdir(), 'slotwise-story-'));
    const stops: (() => Promise<void>)[] = [];

    const startInBrowser = async (source: string | null, options: StartOptions = {}): Promise<App> => {
      const served = await startServed(source, state);
      const context: BrowserContext = await browser.newContext({
        colorScheme: options.colorScheme ?? 'light',
        viewport: options.viewport ?? desk,
        reducedMotion: 'reduce',
        permissions: ['clipboard-read', 'clipboard-write'],
        ...options.context,
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
        served,
        kill: async () => {
          await served.kill();
          await context.close();
        },
      };
    };

    const startInWindow = async (source: string | null, options: StartOptions = {}): Promise<App> => {
      const { executable, app } = desktopProgram();
      for (const folder of ['electron', ...ownFolders]) mkdirSync(join(state, folder), { recursive: true });
      handOver(state);
      const aside = mkdtempSync(join(tmpdir(), 'slotwise-before-'));
      const restore = remember(state, aside);
      const launching = {
        executablePath: executable,
        args: [
          app,
          `--user-data-dir=${join(state, 'electron')}`,
          '--force-color-profile=srgb',
          ...(source === null ? [] : [`--machine=${source}`]),
        ],
        chromiumSandbox: true,
        colorScheme: options.colorScheme ?? 'light',
        env: {
          ...(process.env as Record<string, string>),
          XDG_STATE_HOME: join(state, 'state'),
          XDG_DATA_HOME: join(state, 'data'),
          HOME: state,
        },
      } satisfies LaunchOptions;
      const electron = await launch(launching, restore).finally(() => rmSync(aside, { recursive: true, force: true }));
      stops.push(() => electron.close());
      const page = await electron.firstWindow();
      await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: options.colorScheme ?? 'light' });
      const size = options.viewport ?? desk;
      await electron.evaluate(({ BrowserWindow }, { width, height }) => {
        BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
      }, size);
      await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(size.width);
      return {
        page,
        electron,
        served: null,
        kill: async () => {
          const child = electron.process();
          const gone = new Promise((resolve) => child.once('exit', resolve));
          child.kill('SIGKILL');
          await gone;
        },
      };
    };

    const startFromPackage = async (source: string | null, options: StartOptions = {}): Promise<App> => {
      const app = await startPackaged(source, state);
      stops.push(() => app.stop());
      await app.page.emulateMedia({ reducedMotion: 'reduce', colorScheme: options.colorScheme ?? 'light' });
      return { page: app.page, electron: null, served: null, kill: () => app.kill() };
    };

    const starters = { served: startInBrowser, desktop: startInWindow, packaged: startFromPackage };
    await use(Object.assign(starters[shell], { state }));
    for (const stop of stops.reverse()) await stop().catch(() => undefined);
    rmSync(state, { recursive: true, force: true });
  },
});

export { expect } from '@playwright/test';
