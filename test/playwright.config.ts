import { defineConfig } from '@playwright/test';
import { chromiumArguments, chromiumPath } from './stories/browser.ts';
import type { ShellOptions } from './stories/app.ts';

const at = (name: string) =>
  process.env['SLOTWISE_RESULTS'] !== undefined ? `${process.env['SLOTWISE_RESULTS']}/${name}.json` : null;
const results = at(process.env['SLOTWISE_RUNNER'] ?? 'playwright');

/**
 * The same stories in every shell: a current Chromium on the served page, the window of a real Electron, and (the main
 * job) the packaged program.
 */
export default defineConfig<object, ShellOptions>({
  testDir: '.',
  outputDir: process.env['SLOTWISE_TRACES'] ?? '../out/test-results',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: process.env['CI'] === 'true',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: results === null ? [['list']] : [['list'], ['json', { outputFile: results }]],
  use: {
    launchOptions: { executablePath: chromiumPath(), args: chromiumArguments },
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    // A trace of every run costs more than the run; SLOTWISE_TRACE=1 keeps those of what fails.
    trace: process.env['SLOTWISE_TRACE'] === '1' ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    // What only one shell has is tagged by it; elsewhere it is not a skip, it is not there.
    {
      name: 'served',
      testMatch: ['{stories,access,security,looks,bench}/**/*.spec.ts'],
      grepInvert: /@desktop/,
      use: { shell: 'served' },
    },
    {
      name: 'desktop',
      testMatch: ['{stories,security}/**/*.spec.ts', 'shells/desktop/**/*.spec.ts'],
      grepInvert: /@served/,
      use: { shell: 'desktop' },
    },
    // What ships: packed once, by one worker, and driven without Node's inspector, which its fuses leave out.
    {
      name: 'packaged',
      testMatch: ['stories/main-job.spec.ts', 'packaging/**/*.spec.ts'],
      workers: 1,
      use: { shell: 'packaged' },
    },
  ],
});
