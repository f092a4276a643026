import { expect, test } from './app.ts';
import { card, goOn, judged } from './steps.ts';

test('On a phone the files are read: no command that acts is copied or saved from there @served', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await judged(page);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/choose`);
  await card(page, '41:00.0').click();
  await goOn(page).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Write the configuration' })).toBeVisible();
  const acts = page.getByRole('button', { name: /^(Save the|Save them|Copy the commands|Copy apply)/ });
  await expect(acts).not.toHaveCount(0);

  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByText('On a phone this is for reading.')).toBeVisible();
  await expect(acts).toHaveCount(0);
  // What only looks is copied from there too.
  await expect(page.getByRole('button', { name: /^Copy the .*verif/i })).toHaveCount(1);
  await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();
  await expect(page.getByText('On a phone this is for reading.')).toBeVisible();
  await expect(acts).toHaveCount(0);
  await page.keyboard.press('y');
  await expect(page.getByText('Copied', { exact: true })).toHaveCount(0);
});
