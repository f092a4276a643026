import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const checkout = resolve(import.meta.dirname, '../..');

/** The Electron that runs the desktop: the one a person points at, else the package's own; null where there is none. */
export function electronPath(): string | null {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const path = folder === undefined ? join(checkout, 'node_modules/electron/dist/electron') : join(folder, 'electron');
  return existsSync(path) ? path : null;
}

/** What is missing for the desktop's tests, in one line, or null. */
export function desktopHindrance(): string | null {
  if (electronPath() === null) return 'no Electron binary (ELECTRON_OVERRIDE_DIST_PATH, or npx install-electron)';
  if (process.platform === 'linux' && (process.env['DISPLAY'] ?? '') === '') return 'no display (xvfb-run)';
  return null;
}
