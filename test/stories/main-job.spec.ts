import { expect, test } from './app.ts';
import { withBootDisplay, writeReport } from './reports.ts';
import { acceptLoss, card, filesBelow, goOn, guardOf, judged, place, savedFolder, shownFiles, tabTo } from './steps.ts';

const blind = /^The host goes blind/;

test('Somebody looks, gives the graphics card, answers the guard, and holds the files that were shown', async ({
  start,
}) => {
  const { page } = await start(writeReport(start.state, 'desk.slotwise.json', withBootDisplay));
  await judged(page);
  await page.getByRole('link', { name: 'GeForce GTX 550 Ti' }).click();
  await expect(place(page, 'Choose what to give')).toBeVisible();
  await card(page, '01:00.0').click();
  await expect(page.getByRole('button', { name: /^Keep GeForce GTX 550 Ti/ })).toBeVisible();
  await expect(page.getByText('comes along', { exact: true })).toBeVisible();

  const guard = guardOf(page, blind);
  await expect(guard).toContainText('only display');
  await expect(goOn(page)).toHaveAttribute('aria-disabled', 'true');
  await guard.getByRole('textbox').fill('HDMI-A-');
  await guard.getByRole('button', { name: 'Accept the loss' }).click({ force: true });
  await expect(guard).not.toContainText('Accepted');
  await acceptLoss(page, blind, 'HDMI-A-1');
  await expect(goOn(page)).not.toHaveAttribute('aria-disabled', 'true');
  await goOn(page).click();

  await expect(place(page, 'Write the configuration')).toBeVisible();
  await expect(page.getByText('The way back, before anything else').first()).toBeVisible();
  const shown = await shownFiles(page);
  expect(shown.map(({ name }) => name)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^\/etc\/default\/grub/), expect.stringMatching(/\.xml$/)]),
  );
  await page.getByRole('button', { name: 'Save the files' }).first().click();
  const saved = filesBelow(await savedFolder(page, start.state));
  for (const { name, content } of shown) {
    const file = [...saved.keys()].find((path) => !path.startsWith('before/') && `/${path}`.endsWith(name)) ?? name;
    expect(saved.get(file)?.replace(/\n$/, '')).toBe(content.replace(/\n$/, ''));
  }
  expect([...saved.keys()]).toEqual(expect.arrayContaining(['undo.sh', 'manifest.json']));
});

test('The keyboard alone does the same', async ({ start }) => {
  const { page } = await start(writeReport(start.state, 'desk.slotwise.json', withBootDisplay));
  await judged(page);
  await page.keyboard.press('4');
  const choose = page.getByRole('link', { name: 'Choose what to give', exact: true });
  await expect(choose).toBeVisible();
  await tabTo(page, choose);
  await page.keyboard.press('Enter');
  await expect(place(page, 'Choose what to give')).toBeFocused();

  const gpu = card(page, '01:00.0').first();
  await expect(gpu).toBeVisible();
  await tabTo(page, gpu);
  await page.keyboard.press('g');
  const guard = guardOf(page, blind);
  const name = guard.getByRole('textbox');
  await expect(name).toBeVisible();
  await tabTo(page, name);
  await page.keyboard.type('HDMI-A-1');
  await page.keyboard.press('Enter');
  await expect(guard).toContainText('Accepted');
  await expect(goOn(page)).not.toHaveAttribute('aria-disabled', 'true');
  await tabTo(page, goOn(page));
  await page.keyboard.press('Enter');

  await expect(place(page, 'Write the configuration')).toBeFocused();
  const save = page.getByRole('button', { name: 'Save the files' }).first();
  await expect(save).toBeVisible();
  await tabTo(page, save);
  await page.keyboard.press('Enter');
  expect(filesBelow(await savedFolder(page, start.state)).size).toBeGreaterThan(4);
});
