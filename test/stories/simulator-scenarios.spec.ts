import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './app.ts';
import { judged } from './steps.ts';

const atSimulator = async (page: Page, more = ''): Promise<void> => {
  await judged(page);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/simulator?device=0000:41:00.0${more}`);
};

test('A person chooses an attack, steps to where it is stopped and reads whether this machine stops it', async ({
  start,
}) => {
  const { page } = await start('sample:amd-workstation');
  await atSimulator(page);
  await page.getByRole('button', { name: /A write that walks every table/ }).click();
  await page.getByRole('menuitem', { name: /A forged interrupt/ }).click();
  await expect(page).toHaveURL(/scenario=forged-interrupt/);
  await expect(page.getByRole('button', { name: /An interrupt with its sender checked/ })).toBeVisible();
  const picture = page.getByRole('img', { name: /The path of the request/ });
  await page.getByRole('button', { name: /next fault/ }).click();
  await expect(picture).toContainText('Stopped here');
  await expect(page.getByText('Would this machine stop it?')).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByText('The kernel would log')).toBeVisible();
  await expect(page.getByText(/AMD-Vi: Event logged/).first()).toBeVisible();
});

test('What a port sends across never reaches the unit, and who is at risk is said', async ({ start }) => {
  const { page } = await start('sample:intel-desktop');
  await judged(page);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/simulator?device=0000:01:00.0&scenario=peer-memory`);
  await page.getByRole('img', { name: /The path of the request/ }).waitFor();
  await page.keyboard.press('End');
  await expect(page.getByText('This machine does not stop it.')).toBeVisible();
  await expect(page.getByText(/At risk: whoever has the neighbour/)).toBeVisible();
  await expect(page.getByRole('img', { name: /takes the 4 bytes into its own memory/ })).toBeVisible();
});

test('Where the machine lacks what a scenario needs, that part is said to be made up', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await atSimulator(page, '&scenario=bridge-alias');
  await expect(page.getByText(/that part of the path is made up/)).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByText('This cannot happen here.')).toBeVisible();
});

test('What stood out holds still under the pointer, while the traffic goes on', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await atSimulator(page, '&look=live');
  await page.getByRole('button', { name: 'Run live traffic' }).click();
  const list = page.getByRole('region', { name: 'What stood out' });
  await list.getByRole('button', { name: 'Step through it' }).first().hover();
  await expect(list.getByText('held still while you read')).toBeVisible();
  const newest = await list.getByRole('listitem').first().textContent();
  const picture = page.getByRole('img', { name: /The path of the request/ });
  const stopped = async (): Promise<number> =>
    Number(/(\d+) requests stopped/.exec((await picture.getAttribute('aria-label')) ?? '')?.[1] ?? 0);
  const before = await stopped();
  await expect.poll(stopped).toBeGreaterThan(before);
  expect(await list.getByRole('listitem').first().textContent()).toBe(newest);
  await page.mouse.move(0, 0);
  await expect(list.getByRole('listitem').first()).not.toHaveText(newest ?? '');
});

test('A request that was stopped in live traffic is stepped through', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await atSimulator(page, '&look=live');
  await page.getByRole('button', { name: 'Run live traffic' }).click();
  const step = page.getByRole('button', { name: 'Step through it' }).first();
  await step.waitFor();
  await step.click();
  const picture = page.getByRole('img', { name: /The path of the request/ });
  await expect(picture).toContainText('Stopped here');
  await expect(page.getByRole('button', { name: /A request of the traffic/ })).toBeVisible();
});

test('Every scenario is drawn without a fault of access, in both themes @served', async ({ start }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await start('sample:amd-workstation', { colorScheme });
    for (const scenario of ['stale-translation', 'peer-memory', 'reserved-memory', 'translated-request']) {
      await atSimulator(page, `&scenario=${scenario}`);
      await page.getByRole('img', { name: /The path of the request/ }).waitFor();
      await page.keyboard.press('End');
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    }
  }
});

test('Side by side, the first difference between two configurations is marked, and the sides can be swapped', async ({
  start,
}) => {
  const { page } = await start('sample:amd-workstation');
  await atSimulator(page, '&scenario=forged-interrupt');
  await page.getByRole('img', { name: /The path of the request/ }).waitFor();
  await page.keyboard.press('c');
  const view = page.getByRole('region', { name: 'The same requests, side by side' });
  await expect(view.getByText('First difference')).toHaveCount(1);
  await expect(page.getByRole('heading', { name: /Interrupt remapping off/ })).toBeVisible();
  await page.keyboard.press('d');
  await expect(view.getByText('First difference')).toBeInViewport();
  const headings = page
    .getByRole('heading', { level: 2 })
    .filter({ hasText: /As in the story|Interrupt remapping off/ });
  await expect(headings.first()).toContainText('As in the story');
  await page.keyboard.press('x');
  await expect(headings.first()).toContainText('Interrupt remapping off');
  await page.keyboard.press('c');
  await expect(page.getByRole('img', { name: /The path of the request/ })).toBeVisible();

  // An override of ACS tells the kernel something and changes no port.
  await atSimulator(page, '&scenario=peer-memory&look=compare&against=acs-override');
  await expect(view.getByText(/No difference/)).toBeVisible();
});

test('Side by side has no fault of access, in both themes @served', async ({ start }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await start('sample:amd-workstation', { colorScheme });
    await atSimulator(page, '&scenario=stale-translation&look=compare');
    await page.getByText('First difference', { exact: true }).waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  }
});
