import { chromium, type Browser, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { handOver } from '../stories/electron.ts';
import { packaged } from './program.ts';

export interface PackagedApp {
  readonly page: Page;
  readonly process: ChildProcess;
  /** what it said so far, both streams */
  printed(): string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** The switches and folders of one start; nothing of the person who runs the tests is read or written. */
export function startOf(state: string): { args: string[]; env: NodeJS.ProcessEnv } {
  for (const folder of ['electron', 'state', 'data']) mkdirSync(join(state, folder), { recursive: true });
  handOver(state);
  return {
    args: [`--user-data-dir=${join(state, 'electron')}`, '--force-color-profile=srgb'],
    env: {
      ...process.env,
      XDG_STATE_HOME: join(state, 'state'),
      XDG_DATA_HOME: join(state, 'data'),
      HOME: state,
    },
  };
}

/** An attached debugger answers within a second; this is many times that. */
const answers = 10_000;

/**
 * Playwright's defaults begin with the folder for downloads, which Electron does not let a debugger choose. As with the
 * window that is not packaged, now and then Electron 22 never answers a debugger: that one hangs up and calls again. It
 * says nothing about the program, which runs and is not started anew.
 */
async function connect(endpoint: string, left = 2): Promise<Browser> {
  try {
    return await chromium.connectOverCDP(endpoint, { noDefaults: true, timeout: answers });
  } catch (thrown) {
    if (left === 0 || !(thrown instanceof Error) || !/Timeout/.test(thrown.message)) throw thrown;
    return connect(endpoint, left - 1);
  }
}

/** A window stands within two seconds; a program that broke before it shows a box about that and waits. */
const patience = 20_000;

/** Starts the packaged program. Its fuses leave Node's inspector out, so it is driven by Chromium's own protocol alone. */
export async function startPackaged(
  source: string | null,
  state: string,
  more: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<PackagedApp> {
  const { executable } = await packaged();
  const { args, env } = startOf(state);
  const machine = source === null ? [] : [`--machine=${source}`];
  const child = spawn(executable, [...args, '--remote-debugging-port=0', ...(more.args ?? []), ...machine], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...more.env },
  });
  const said: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const endpoint = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const url = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`the packaged program ended with ${code}: ${said.join('\n')}`)));
  });
  const browser = await connect(endpoint);
  const context = browser.contexts()[0];
  const page =
    context?.pages()[0] ?? (await context?.waitForEvent('page', { timeout: patience }).catch(() => undefined));
  if (page === undefined) {
    child.kill('SIGKILL');
    throw new Error(`the packaged program has no window: ${said.join('\n')}`);
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return {
    page,
    process: child,
    printed: () => said.join('\n'),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
