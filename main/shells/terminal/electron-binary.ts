import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { terminalWords } from '../../words/terminal.ts';

export type Found = { path: string } | { missing: string };

const patience = 5_000;

/** Where electron's own installer would download from (@electron/get reads the same variables). */
function downloadHost(): { host: string; port: number } {
  const mirror = process.env['npm_config_electron_mirror'] ?? process.env['ELECTRON_MIRROR'] ?? 'https://github.com/';
  try {
    const url = new URL(mirror);
    return { host: url.hostname, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) };
  } catch {
    return { host: 'github.com', port: 443 };
  }
}

function reachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (result: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => end(false), patience);
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

/** The development binary of the electron package; honours ELECTRON_OVERRIDE_DIST_PATH as electron itself does. */
function installed(root: string): string | null {
  const folder = join(root, 'node_modules/electron');
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron';
  const path = override === undefined ? join(folder, 'dist', name) : join(override, name);
  return existsSync(path) ? path : null;
}

/**
 * Finds the Electron binary; in a checkout without one, runs electron's own installer once. This is before the program
 * proper starts, and the only moment at which anything is fetched.
 */
export async function findElectron(root: string, say: (line: string) => void): Promise<Found> {
  const already = installed(root);
  if (already !== null) return { path: already };
  const installer = join(root, 'node_modules/electron/install.js');
  if (!existsSync(installer)) return { missing: terminalWords.noElectron };
  const { host, port } = downloadHost();
  if (!(await reachable(host, port))) return { missing: terminalWords.unreachable(host) };
  say(terminalWords.fetchingElectron(host));
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(process.execPath, [installer], { stdio: ['ignore', 'ignore', 'ignore'] });
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  });
  const path = code === 0 ? installed(root) : null;
  return path === null ? { missing: terminalWords.fetchFailed(host) } : { path };
}
