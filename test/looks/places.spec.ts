import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { test } from '../stories/app.ts';
import { checkout } from '../stories/electron.ts';

/** Every place, on the sample that shows most of it. */
const places = [
  ['overview', 'sample:amd-workstation', '#/'],
  ['groups', 'sample:amd-workstation', '#/groups'],
  ['choose', 'sample:amd-workstation', '#/choose'],
  ['write', 'sample:amd-workstation', '#/write'],
  ['simulator', 'sample:intel-desktop', '#/simulator?device=0000:01:00.0'],
] as const;
const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

/** The pictures of the README are those of the suite: SLOTWISE_PICTURES=1 npm run test:stories -- looks/places */
const readme = process.env['SLOTWISE_PICTURES'] === '1';
const folder = join(checkout, readme ? 'docs/pictures' : 'out/looks');
mkdirSync(folder, { recursive: true });

for (const [name, source, hash] of places) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${name}, ${colorScheme}, wide and on a phone`, async ({ start }) => {
      const { page } = await start(source, { colorScheme });
      const said: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') said.push(message.text());
      });
      page.on('pageerror', (error) => said.push(error.message));
      await page.goto(new URL('/', page.url()).href + hash);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await page.evaluate(() => document.fonts.ready);
      for (const [size, viewport] of Object.entries(sizes)) {
        await page.setViewportSize(viewport);
        const across = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(across, `${name} is wider than a ${size} screen`).toBeLessThanOrEqual(0);
        const fonts = await page.evaluate(() => [...document.fonts].filter(({ status }) => status === 'loaded').length);
        expect(fonts).toBeGreaterThan(0);
        if (!readme || (size === 'wide' && colorScheme === 'light')) {
          await page.screenshot({ path: join(folder, readme ? `${name}.png` : `${name}-${size}-${colorScheme}.png`) });
        }
      }
      expect(said).toEqual([]);
    });
  }
}
