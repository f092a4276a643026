import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { test } from '../stories/app.ts';
import { checkout } from '../stories/electron.ts';
import { card, crossedCard, goOn, guardOf, judged, place } from '../stories/steps.ts';
import { missingDumps, writePictured, type PicturedMachine } from './pictured-machines.ts';

interface Picture {
  readonly machine: PicturedMachine | 'sample:intel-desktop';
  readonly hash: string;
  /** what a person does, or waits for, before the picture is taken */
  readonly act: (page: Page) => Promise<void>;
}

async function giveTheCard(page: Page): Promise<void> {
  await page.getByLabel('Name of the VM').fill('win11-studio');
  await card(page, '41:00.0').click();
}

const textShown = (page: Page): Promise<void> =>
  expect(page.getByRole('region', { name: 'The report, word for word' }).locator('.row').first()).toBeVisible();

/** Every place, on the machines that the look was drawn on. */
const pictures: Readonly<Record<string, Picture>> = {
  overview: { machine: 'before-firmware', hash: '#/', act: judged },
  ready: { machine: 'workstation', hash: '#/', act: judged },
  groups: {
    machine: 'riser-desktop',
    hash: '#/groups?select=0000:0a:00.0',
    act: async (page) => {
      await expect(page.getByRole('button', { name: /^Try it/ }).first()).toBeVisible();
    },
  },
  'groups-to-come': {
    machine: 'before-firmware',
    hash: '#/groups?select=0000:41:00.0',
    act: async (page) => {
      await expect(page.getByRole('treeitem').first()).toBeVisible();
    },
  },
  'groups-moved': {
    machine: 'riser-desktop',
    hash: '#/groups?select=0000:0a:00.0&as=moved&card=0000:0a:00.0&to=0000:00:01.1',
    act: async (page) => {
      await expect(page.getByText('moved', { exact: true }).first()).toBeVisible();
    },
  },
  choose: {
    machine: 'workstation',
    hash: '#/choose',
    act: async (page) => {
      await giveTheCard(page);
      await card(page, '25:00.0').click();
      await crossedCard(page, '25:00.1').click();
      await expect(guardOf(page, /network/)).toBeVisible();
    },
  },
  write: {
    machine: 'workstation',
    hash: '#/choose',
    act: async (page) => {
      await giveTheCard(page);
      await goOn(page).click();
      await expect(place(page, 'Write the configuration')).toBeVisible();
      await expect(page.getByText('The way back, before anything else').first()).toBeVisible();
    },
  },
  unit: {
    machine: 'two-units',
    hash: '#/groups?select=unit:dmar1',
    act: (page) => expect(page.getByRole('heading', { name: 'IOMMU unit dmar1' })).toBeVisible(),
  },
  'firmware-settings': { machine: 'readable-firmware', hash: '#/?stage=firmware', act: judged },
  host: { machine: 'readable-firmware', hash: '#/?stage=host', act: judged },
  reports: { machine: 'with-names', hash: '#/reports', act: textShown },
  'reports-with-names': { machine: 'with-names', hash: '#/reports?names=kept', act: textShown },
  simulator: {
    machine: 'sample:intel-desktop',
    hash: '#/simulator?device=0000:01:00.0',
    act: async (page) => {
      await expect(
        page
          .getByText(/writes 4 bytes/)
          .filter({ visible: true })
          .first(),
      ).toBeVisible();
      // The fault says most: where a request was stopped, by which entry, and what the kernel would log.
      await page.getByRole('button', { name: /next fault/ }).click();
    },
  },
};
const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

/** The pictures of the README are those of the suite: SLOTWISE_PICTURES=1 npm run test:stories -- looks/places */
const inReadme: readonly string[] = ['overview', 'groups', 'choose', 'simulator'];
const readme = process.env['SLOTWISE_PICTURES'] === '1';
const folder = join(checkout, readme ? 'docs/pictures' : 'out/looks');
mkdirSync(folder, { recursive: true });

for (const [name, { machine, hash, act }] of Object.entries(pictures)) {
  test(`${name}, light and dark, wide and on a phone`, async ({ start }) => {
    const absent = missingDumps();
    if (absent !== null && process.env['CI'] === 'true') throw new Error(absent);
    test.skip(absent !== null, absent ?? '');
    const source = machine === 'sample:intel-desktop' ? machine : writePictured(start.state, machine);
    const { page } = await start(source);
    const said: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') said.push(message.text());
    });
    page.on('pageerror', (error) => said.push(error.message));
    await judged(page);
    await page.goto(new URL('/', page.url()).href + hash);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await act(page);
    await page.evaluate(() => document.fonts.ready);
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      // A phone opens a place without its sheet; only the groups place shows what is selected at once.
      const sheet = page.getByRole('complementary').getByRole('button', { name: 'Close' });
      if (size === 'phone' && !hash.startsWith('#/groups') && (await sheet.isVisible())) await sheet.click();
      const across = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(across, `${name} is wider than a ${size} screen`).toBeLessThanOrEqual(0);
      const fonts = await page.evaluate(() => [...document.fonts].filter(({ status }) => status === 'loaded').length);
      expect(fonts).toBeGreaterThan(0);
      for (const colorScheme of ['light', 'dark'] as const) {
        if (readme && (!inReadme.includes(name) || size !== 'wide' || colorScheme !== 'light')) continue;
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.screenshot({ path: join(folder, readme ? `${name}.png` : `${name}-${size}-${colorScheme}.png`) });
      }
    }
    expect(said).toEqual([]);
  });
}
