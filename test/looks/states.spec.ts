import { expect } from '@playwright/test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '../stories/app.ts';
import { startServed } from '../stories/served.ts';
import { judged, openFile, place, switcher } from '../stories/steps.ts';

const day = 86_400_000;

test('a sample is called by its title as soon as it is shown, however late the titles come', async ({ start }) => {
  const { page } = await start('sample:intel-desktop');
  await judged(page);
  await page.route('**/samples.list*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    await route.continue();
  });
  // Everything that the switcher ever says while the page comes up again.
  await page.addInitScript(() => {
    const said = new Set<string>();
    Object.assign(globalThis, { said });
    new MutationObserver(() => said.add(document.querySelector('.switcher')?.textContent ?? '')).observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
  await page.reload();
  await expect(switcher(page)).toContainText('Intel desktop with one GPU');
  const said = await page.evaluate(() => [...(globalThis as unknown as { said: Set<string> }).said]);
  expect(said.filter((text) => text.includes('intel-desktop'))).toEqual([]);
});

test('a file that holds no machine is named, and the machine before it stays', async ({ start }) => {
  const { page } = await start('sample:intel-desktop');
  await judged(page);
  await expect(switcher(page)).toContainText('Intel desktop with one GPU');
  const file = join(start.state, 'letter.txt');
  writeFileSync(file, 'Dear all,\nnothing here is a machine.\n');
  await openFile(page, file);
  const notice = page.getByRole('alert').filter({ hasText: 'letter.txt' });
  await expect(notice).toContainText('The one before it still is.');
  await expect(switcher(page)).toContainText('Intel desktop with one GPU');
  await notice.getByRole('button', { name: 'Close' }).click();
  await expect(notice).toHaveCount(0);
});

test('a page whose program has stopped says so, and keeps what it shows', async ({ browser }) => {
  const state = mkdtempSync(join(tmpdir(), 'slotwise-states-'));
  const served = await startServed('sample:intel-desktop', state);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(served.url);
  await judged(page);
  await served.stop();
  await expect(page.getByRole('alert').filter({ hasText: 'does not answer' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'GeForce GTX 550 Ti' })).toBeVisible();
  await context.close();
  rmSync(state, { recursive: true, force: true });
});

test('a place whose script does not come says so, and a reload brings it', async ({ start }) => {
  const { page } = await start('sample:intel-desktop');
  await judged(page);
  // The served page asks for its scripts by HTTP, the window by its own scheme; both pass here.
  await page.route(/assets\/SimulatorPlace/, (route) => route.abort());
  await page.reload();
  await judged(page);
  await page.evaluate(() => (location.hash = '#/simulator'));
  await expect(page.getByText('did not send this place')).toBeVisible();
  await page.unroute(/assets\/SimulatorPlace/);
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(place(page, 'Simulator')).toBeVisible();
});

test('an old reading of this host offers to look again', async ({ start }) => {
  const { page } = await start(null);
  await judged(page);
  await expect(page.getByText(/^Read today at/)).toBeVisible();
  await page.clock.setFixedTime(Date.now() + 4 * day);
  await page.reload();
  const again = page.getByRole('button', { name: '4 days old, look again' });
  await expect(again).toBeVisible();
  await again.click();
  await expect(page.getByText('The machine is not shown')).toHaveCount(0);
});
