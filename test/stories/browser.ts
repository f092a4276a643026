import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

/** The system's Chromium where there is one, else the one that Playwright keeps for itself. */
export function chromiumPath(): string {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined) return named;
  const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  );
  return system ?? chromium.executablePath();
}

/** As root Chromium's sandbox refuses to start; the proof that it works runs in the desktop project, as an ordinary user. */
export const chromiumArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--force-color-profile=srgb',
];
