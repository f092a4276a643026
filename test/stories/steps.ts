import { expect, type Locator, type Page } from '@playwright/test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What people do, in the words that they see. */

export const switcher = (page: Page): Locator => page.getByRole('button', { name: /^Machine that is shown/ });
export const place = (page: Page, name: string): Locator => page.getByRole('heading', { level: 1, name });
const pressed = (page: Page, verb: string, device: string): Locator =>
  page.getByRole('button', { name: new RegExp(`^${verb}[^]*${device.replace('.', '\\.')}`) });
export const card = (page: Page, device: string): Locator => pressed(page, 'Give', device);
/** The card of what crosses over, where a press keeps it. */
export const crossedCard = (page: Page, device: string): Locator => pressed(page, 'Keep', device);
export const goOn = (page: Page): Locator => page.getByRole('button', { name: 'Write the configuration' });
/** What concerns the whole page, above the place; the empty live region beside it is none. */
export const notice = (page: Page): Locator => page.getByRole('alert').filter({ hasText: /\S/ });
export const guardOf = (page: Page, words: RegExp): Locator => page.getByRole('region', { name: words });

/** The link of a place or stage, in the rail (or, on a phone, the bar). */
export async function openPlace(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name }).first().click();
}

export async function chooseFromSwitcher(page: Page, entry: string): Promise<void> {
  await switcher(page).click();
  await page.getByRole('menuitem', { name: entry }).click();
}

/** Opens a file as a person does, through the machine's menu. */
export async function openFile(page: Page, file: string): Promise<void> {
  await page.locator('input[type=file]').first().setInputFiles(file);
}

/** Waits until the first screen has its answer. */
export async function judged(page: Page): Promise<void> {
  await expect(page.locator('#content').getByRole('heading', { level: 2 }).first()).not.toHaveText(/^Looking/);
}

export async function acceptLoss(page: Page, words: RegExp, name: string): Promise<void> {
  const guard = guardOf(page, words);
  await guard.getByRole('textbox').fill(name);
  await guard.getByRole('button', { name: 'Accept the loss' }).click();
  await expect(guard).toContainText('Accepted');
}

/** Presses Tab until something has the focus; fails when it is not among the next `most` stops. */
export async function tabTo(page: Page, wanted: Locator, most = 120): Promise<void> {
  const has = (): Promise<boolean> => wanted.evaluate((element) => element === document.activeElement);
  for (let stop = 0; stop < most; stop += 1) {
    if (await has()) return;
    await page.keyboard.press('Tab');
  }
  expect(await has(), `${String(wanted)} is reached by Tab`).toBe(true);
}

/** Every file of the recipe as the page shows it whole, by the heading that names it. */
export async function shownFiles(page: Page): Promise<{ name: string; content: string }[]> {
  const list = page.getByRole('navigation', { name: /^\d+ files?$/ });
  const count = await list.getByRole('listitem').getByRole('button').count();
  await page.getByText('Whole file', { exact: true }).click();
  const files: { name: string; content: string }[] = [];
  for (let at = 0; at < count; at += 1) {
    await list.getByRole('listitem').getByRole('button').nth(at).click();
    const sheet = page.getByRole('region', { name: /^The whole of/ });
    const heading = page.getByRole('tabpanel').getByRole('heading', { level: 2 }).nth(1);
    const name = (await heading.textContent())?.trim() ?? '';
    await expect(sheet).toHaveAccessibleName(`The whole of ${name}`);
    const lines = await sheet
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((row) => row.lastElementChild?.textContent ?? ''));
    files.push({ name, content: lines.join('\n') });
  }
  return files;
}

/** The folder that the page says it saved to; `state` is where the app of this test keeps everything. */
export async function savedFolder(page: Page, state: string): Promise<string> {
  const folder = page.locator('bdi').filter({ hasText: state }).first();
  await expect(folder).toBeVisible();
  return ((await folder.textContent()) ?? '').trim();
}

/** Files below a folder, by their path in it. */
export function filesBelow(folder: string, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(folder, prefix))) {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    if (statSync(join(folder, path)).isDirectory())
      for (const [inner, text] of filesBelow(folder, path)) found.set(inner, text);
    else found.set(path, readFileSync(join(folder, path), 'utf8'));
  }
  return found;
}
