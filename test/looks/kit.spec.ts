import AxeBuilder from '@axe-core/playwright';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { expect, test } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, preview, type PreviewServer } from 'vite';

// One worker, so that the sheet is built once.
test.describe.configure({ mode: 'default' });

const folder = mkdtempSync(join(tmpdir(), 'slotwise-kit-'));
let server: PreviewServer;
let address: string;

// The sheet is built as the renderer is, so that what is judged went through the same lowering to Chromium 108.
test.beforeAll(async () => {
  const root = resolve(import.meta.dirname, 'kit');
  const settings = { root, configFile: false, logLevel: 'error' } as const;
  await build({
    ...settings,
    plugins: [svelte({ configFile: false })],
    css: { transformer: 'lightningcss', lightningcss: { targets: { chrome: 108 << 16 } } },
    build: { outDir: folder, emptyOutDir: true, target: 'chrome108', cssMinify: 'lightningcss' },
  });
  server = await preview({ ...settings, build: { outDir: folder }, preview: { host: '127.0.0.1', port: 0 } });
  address = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}/`;
});

test.afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`every primitive is readable, named and inside ${width} pixels, ${colorScheme}`, async ({ page }, info) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await page.goto(address);
      await expect(page.getByRole('heading', { name: 'Designed states' })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).disableRules(['page-has-heading-one']).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.screenshot({ path: info.outputPath(`kit-${colorScheme}-${width}.png`), fullPage: true });
    });
  }
}

test('a theme that is chosen wins over the system’s', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(address);
  const ground = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('background-color'));
  const light = await ground();
  await page.evaluate(() => (document.documentElement.dataset['theme'] = 'dark'));
  const dark = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await ground()).toBe(dark);
  await page.evaluate(() => (document.documentElement.dataset['theme'] = 'light'));
  expect(await ground()).toBe(light);
  expect(light).toBe('rgb(251, 251, 250)');
  expect(dark).toBe('rgb(21, 23, 25)');
});

test('with reduced motion nothing moves', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(address);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test('a guard opens for the exact name only, and can be taken back', async ({ page }) => {
  await page.goto(address);
  const guard = page.getByRole('region', { name: 'The host loses its network.' });
  const accept = guard.getByRole('button', { name: 'Accept the loss' });
  const name = guard.getByRole('textbox', { name: 'Type the name of what you lose' });
  for (const near of ['', 'enp37s0f', 'ENP37S0F0', 'enp37s0f0 ', 'enp37s0f00']) {
    await name.fill(near);
    await name.press('Enter');
    await expect(accept).toHaveAttribute('aria-disabled', 'true');
  }
  await name.fill('enp37s0f0');
  await accept.click();
  await expect(guard.getByText('Accepted. The host loses it.')).toBeVisible();
  await guard.getByRole('button', { name: 'Take it back' }).click();
  await expect(accept).toHaveAttribute('aria-disabled', 'true');
});
