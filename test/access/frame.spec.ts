import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { frameWords } from '../../main/words/frame.ts';
import { glossary } from '../../main/words/glossary.ts';
import { keyTable } from '../../renderer/app/keys.ts';
import { test } from '../stories/app.ts';
import { judged, place, switcher } from '../stories/steps.ts';

const machine = 'sample:amd-workstation';

async function expectClean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
}

test('a place that opens says so and takes the focus at its title; a sheet does neither', async ({ start }) => {
  const { page } = await start(machine);
  await judged(page);
  const spoken = page.getByRole('status').first();
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Groups' }).click();
  await expect(place(page, 'Groups')).toBeFocused();
  await expect(spoken).toHaveText('Groups, opened');
  await expect(page).toHaveTitle('Groups · Slotwise');

  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Glossary and keys' })).toBeVisible();
  await expect(spoken).toHaveText('Groups, opened');
  await page.keyboard.press('Escape');
  await expect(place(page, 'Groups')).toBeFocused();

  await page.goBack();
  await expect(place(page, 'Overview')).toBeFocused();
  await expect(spoken).toHaveText('Overview, opened');
});

test('the skip link leads past the rail', async ({ start }) => {
  const { page } = await start(machine);
  await judged(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(
    page.getByRole('navigation', { name: 'The way to a running virtual machine' }).getByRole('link').first(),
  ).toBeFocused();
});

test('the sheet of keys lists every key there is, and no other', async ({ start }) => {
  const { page } = await start(machine);
  await judged(page);
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Glossary and keys' });
  await expect(sheet.getByRole('term')).toHaveText(
    // In the order of the places, each with its own.
    ['everywhere', ...Object.keys(frameWords.places)].flatMap((where) =>
      keyTable.filter((row) => row.where === where).map(({ id }) => frameWords.keys[id]),
    ),
  );
  await expectClean(page);
  await sheet.getByText('Glossary', { exact: true }).click();
  await expect(sheet.getByRole('term')).toHaveText(glossary.map(({ term }) => term));
  await expectClean(page);
});

test('Find or run finds a device by address, driver and name, goes there, and copies', async ({ start }) => {
  const { page } = await start(machine);
  await judged(page);
  for (const typed of ['41:00.0', 'rtx 4090 nvidia', '10de:2684 0000:41']) {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(typed);
    await expect(page.getByRole('option').first()).toContainText('GeForce RTX 4090');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/#\/groups\?select=0000:41:00\.0$/);
    await page.goBack();
    await expect(place(page, 'Overview')).toBeVisible();
  }
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('no such thing at all');
  await expect(page.getByText('Nothing here has this name or address.')).toBeVisible();
  await expectClean(page);
  await page.getByRole('combobox').fill('kernel command line');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').first()).toHaveText('Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('BOOT_IMAGE=');
});

test('a sheet that is closing takes no key from the page', async ({ start }) => {
  const { page } = await start(machine);
  await judged(page);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  // In one frame, as a fast hand or a busy machine has it: no picture is drawn between the two keys.
  await page.getByRole('combobox').evaluate(async (field) => {
    const key = (init: KeyboardEventInit): KeyboardEvent =>
      new KeyboardEvent('keydown', { ...init, bubbles: true, cancelable: true });
    field.dispatchEvent(key({ key: 'Escape' }));
    await Promise.resolve();
    window.dispatchEvent(key({ key: 'k', ctrlKey: true }));
  });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.getByRole('combobox').fill('rtx 4090');
  await expect(page.getByRole('option').first()).toContainText('GeForce RTX 4090');
});

test('a theme that is chosen stays after a reload', async ({ start }) => {
  const { page } = await start(machine, { colorScheme: 'light' });
  await judged(page);
  await page.getByRole('button', { name: 'Preferences' }).click();
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await expectClean(page);
  await page.keyboard.press('Escape');
  await page.reload();
  await judged(page);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe('rgb(21, 23, 25)');
  await expectClean(page);
});

test('the machine’s menu works by keyboard, and says whose machine is shown', async ({ start }) => {
  const { page } = await start(machine);
  await judged(page);
  await expect(switcher(page)).toContainText('Sample, partly staged');
  await switcher(page).focus();
  await page.keyboard.press('Enter');
  await expectClean(page);
  await page.keyboard.press('End');
  await expect(page.getByRole('menuitem').last()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(switcher(page)).toBeFocused();
});

test('evidence opens and closes by keyboard', async ({ start }) => {
  const { page } = await start(machine);
  await judged(page);
  const claim = page.getByRole('button', { name: 'The IOMMU is on' });
  await claim.focus();
  await page.keyboard.press('Enter');
  await expect(claim).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: 'Why we say so' })).toHaveCount(0);
  await page.keyboard.press(']');
  await expect(page.getByRole('complementary', { name: 'Why we say so' })).toBeVisible();
});

test('a link to nowhere says so and leads back', async ({ start }) => {
  const { page } = await start(machine);
  await judged(page);
  await page.evaluate(() => (location.hash = '#/doctor'));
  await expect(place(page, 'There is no such place')).toBeFocused();
  await page.getByRole('main').getByRole('link', { name: 'Overview' }).click();
  await expect(place(page, 'Overview')).toBeVisible();
});

for (const width of [360, 390, 720, 1180, 3840]) {
  test(`the first screen fits ${width} pixels without scrolling sideways`, async ({ start }) => {
    const { page } = await start(machine, { viewport: { width, height: 844 } });
    await judged(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await page.getByRole('main').evaluate((main) => main.scrollWidth - main.clientWidth)).toBeLessThanOrEqual(0);
    await expectClean(page);
  });
}

test('on a phone every place is within reach of the bar at the lower edge', async ({ start }) => {
  const { page } = await start(machine, { viewport: { width: 390, height: 844 } });
  await judged(page);
  const bar = page.getByRole('navigation', { name: 'Places' });
  await expect(bar.getByRole('link')).toHaveText(['Overview', 'Groups', 'Choose', 'Write']);
  await bar.getByRole('button', { name: 'More' }).click();
  const more = page.getByRole('dialog', { name: 'More' });
  await expectClean(page);
  await more.getByRole('link', { name: 'Simulator' }).click();
  await expect(place(page, 'Simulator')).toBeVisible();
  await expect(more).toHaveCount(0);
});
