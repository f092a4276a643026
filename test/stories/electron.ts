import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const checkout = resolve(import.meta.dirname, '../..');

/** The Electron that runs the desktop: the one a person points at, else the package's own; null where there is none. */
export function electronPath(): string | null {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const path = folder === undefined ? join(checkout, 'node_modules/electron/dist/electron') : join(folder, 'electron');
  return existsSync(path) ? path : null;
}

const asRoot = process.getuid?.() === 0;
/** Whom the window belongs to when the tests run as root, who gets none (row N6 of the checklist). */
export const desktopUser = asRoot ? (process.env['SLOTWISE_DESKTOP_USER'] ?? null) : null;

/** What is missing for the desktop's tests, in one line, or null. */
export function desktopHindrance(): string | null {
  if (electronPath() === null) return 'no Electron binary (ELECTRON_OVERRIDE_DIST_PATH, or npx install-electron)';
  if (process.platform === 'linux' && (process.env['DISPLAY'] ?? '') === '') return 'no display (Xvfb)';
  if (asRoot && desktopUser === null) return 'no user for the window (SLOTWISE_DESKTOP_USER; root gets none)';
  return null;
}

/** Gives a folder of the test's to the window's user. */
export function handOver(folder: string): void {
  if (desktopUser !== null) execFileSync('chown', ['-R', desktopUser, folder]);
}

/** The arguments that run a command as the window's user; it keeps its process id, so signals reach it. */
const asUser = (user: string, command: string): string[] => [
  'setpriv',
  `--reuid=${user}`,
  `--regid=${user}`,
  '--init-groups',
  '--',
  command,
];

const canRun = (user: string, command: string): boolean => {
  const [setpriv = '', ...words] = asUser(user, 'test');
  return spawnSync(setpriv, [...words, '-x', command]).status === 0;
};

let made: { executable: string; app: string } | null = null;

/** A script that runs a program as the window's user. */
export function runAsDesktopUser(folder: string, command: string): string {
  if (desktopUser === null) return command;
  const script = join(folder, 'run');
  writeFileSync(script, `#!/bin/sh\nexec ${asUser(desktopUser, `'${command}'`).join(' ')} "$@"\n`);
  chmodSync(script, 0o755);
  return script;
}

/**
 * What Playwright launches. Another user may not read the checkout (a clone below /root), so that one gets a copy of what
 * the program consists of, once a worker; the tests themselves stay where they are.
 */
export function desktopProgram(): { executable: string; app: string } {
  if (made !== null) return made;
  const electron = electronPath() ?? '';
  if (desktopUser === null) return (made = { executable: electron, app: checkout });
  const folder = mkdtempSync(join(tmpdir(), 'slotwise-desktop-'));
  const app = join(folder, 'app');
  for (const part of ['out/main', 'out/preload', 'out/renderer', 'resources', 'package.json']) {
    cpSync(join(checkout, part), join(app, part), { recursive: true });
  }
  let runtime = electron;
  if (!canRun(desktopUser, electron)) {
    cpSync(resolve(electron, '..'), join(folder, 'electron'), { recursive: true });
    runtime = join(folder, 'electron/electron');
  }
  execFileSync('chmod', ['-R', 'a+rX', folder]);
  process.once('exit', () => execFileSync('rm', ['-rf', folder]));
  return (made = { executable: runAsDesktopUser(folder, runtime), app });
}
