import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test, type App } from '../stories/app.ts';
import { missingDumps, writePictured } from '../looks/pictured-machines.ts';
import { judged } from '../stories/steps.ts';

const places = [
  '',
  '?stage=firmware',
  'groups',
  'groups?look=table',
  'groups?as=acs',
  'choose',
  'write',
  'simulator',
  'reports',
  'reports?names=kept',
  '?stage=host',
] as const;
const link = (page: Page, place: string): string => `${page.url().split('#')[0] ?? ''}#/${place}`;
/** Colours alone differ in the dark, and the phone has those of the desk. */
const runs = [
  { name: 'desk', width: 1440, height: 900, colorScheme: 'light', rules: null },
  { name: 'desk', width: 1440, height: 900, colorScheme: 'dark', rules: ['color-contrast'] },
  { name: 'phone', width: 390, height: 844, colorScheme: 'light', rules: null },
] as const;

/** What axe finds in the page as it stands; `rules` null: by all of its rules. */
async function faultsOf({ page, electron }: App, rules: readonly string[] | null): Promise<string[]> {
  // Electron opens no second page for axe's own run, so it runs in this one.
  const axe = new AxeBuilder({ page }).setLegacyMode(electron !== null);
  const { violations } = await (rules === null ? axe : axe.withRules([...rules])).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** Opens a place and waits until it has drawn its content. */
async function openPlace(page: Page, place: string): Promise<void> {
  await page.goto(link(page, place));
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page.locator('#content [aria-busy=true]')).toHaveCount(0);
}

for (const { name, colorScheme, rules, ...viewport } of runs) {
  test(`axe finds nothing on the ${name} in ${colorScheme} colours`, async ({ start, shell }) => {
    const app = await start('sample:amd-workstation', { colorScheme, viewport });
    const { page } = app;
    await judged(page);
    for (const place of places) {
      await openPlace(page, place);
      expect(await faultsOf(app, rules), `${shell} ${place}`).toEqual([]);
    }
  });
}

/** What the samples do not hold: two units, and a firmware whose settings Linux can read. */
const pictured = [
  { machine: 'two-units', place: 'groups?select=unit:dmar1', shown: 'IOMMU unit dmar1' },
  { machine: 'two-units', place: 'groups?select=unit:dmar0', shown: 'IOMMU unit dmar0' },
  {
    machine: 'readable-firmware',
    place: '?stage=firmware',
    shown: 'What the firmware is set to, as this system reads it',
  },
] as const;

for (const { name, colorScheme, rules, ...viewport } of runs) {
  test(`axe finds nothing in the unit inspector and the firmware’s settings, on the ${name} in ${colorScheme} colours`, async ({
    start,
    shell,
  }) => {
    const absent = missingDumps();
    if (absent !== null && process.env['CI'] === 'true') throw new Error(absent);
    test.skip(absent !== null, absent ?? '');
    for (const { machine, place, shown } of pictured) {
      const app = await start(writePictured(start.state, machine), { colorScheme, viewport });
      const { page } = app;
      await judged(page);
      await openPlace(page, place);
      // On a phone the sheet shows the finding first, and opens by the unit's own button.
      if (place.startsWith('groups') && name === 'phone') {
        await page
          .getByRole('toolbar', { name: 'IOMMU units' })
          .getByRole('button', { name: shown.slice(-5) })
          .click();
        const all = page.getByRole('complementary').getByRole('button', { name: 'Evidence' });
        if (await all.isVisible()) await all.click();
      }
      await expect(page.getByRole('heading', { name: shown })).toBeVisible();
      await page.evaluate(() => {
        for (const folded of document.querySelectorAll('details')) folded.open = true;
      });
      expect(await faultsOf(app, rules), `${shell} ${place}`).toEqual([]);
    }
  });
}

test('Every place can be walked by Tab: each stop is seen, none is a trap, the title comes first', async ({
  start,
}) => {
  const { page } = await start('sample:intel-desktop');
  await judged(page);
  for (const place of ['', 'groups', 'choose', 'simulator', 'reports']) {
    await openPlace(page, place);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const stops: string[] = [];
    for (let at = 0; at < 25; at += 1) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        const around = element.closest('label, .field, li, tr') ?? element;
        const box = (around.getBoundingClientRect().width > 0 ? around : element).getBoundingClientRect();
        const lit = getComputedStyle(around);
        return {
          what: `${element.tagName} ${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40)}`,
          body: element === document.body,
          seen:
            (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) ||
            boxShadow !== 'none' ||
            (lit.outlineStyle !== 'none' && parseFloat(lit.outlineWidth) > 0) ||
            lit.boxShadow !== 'none' ||
            element.matches('input, svg *, g'),
          inside: box.right > 0 && box.left < window.innerWidth,
        };
      });
      if (stop.body) break;
      expect(stop.seen, `${place}: the focus on ${stop.what} is seen`).toBe(true);
      expect(stop.inside, `${place}: ${stop.what} is on the page`).toBe(true);
      stops.push(stop.what);
    }
    expect(stops.length, place).toBeGreaterThan(5);
    expect(new Set(stops).size, `${place} is no trap`).toBeGreaterThan(4);
  }
});

test('The first Tab offers the content, past the rail', async ({ start }) => {
  const { page } = await start('sample:intel-desktop');
  await judged(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#content')).toBeFocused();
});

test('With reduced motion nothing moves', async ({ start }) => {
  const { page } = await start('sample:intel-desktop');
  await judged(page);
  for (const place of places) {
    await openPlace(page, place);
    const moving = await page.evaluate(() =>
      document
        .getAnimations()
        .filter(({ playState, effect }) => playState === 'running' && Number(effect?.getComputedTiming().duration) > 1)
        .map(({ effect }) => (effect as KeyframeEffect).target?.outerHTML.slice(0, 120)),
    );
    expect(moving, place).toEqual([]);
  }
});

test('At 200 % zoom and at 360 pixels nothing runs out of the page', async ({ start }) => {
  for (const viewport of [
    { width: 720, height: 450 },
    { width: 360, height: 640 },
  ]) {
    const { page } = await start('sample:amd-workstation', { viewport });
    await judged(page);
    for (const place of places) {
      await openPlace(page, place);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide, `${viewport.width}: ${place}`).toBeLessThanOrEqual(0);
    }
  }
});
