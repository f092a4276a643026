import { expect, test } from './app.ts';
import { card, chooseFromSwitcher, goOn, judged, openPlace, place } from './steps.ts';

test('What is being chosen waits while the person looks elsewhere, and Write says what it waits for', async ({
  start,
}) => {
  const { page } = await start('sample:amd-workstation');
  await judged(page);
  await openPlace(page, /Choose/);
  await card(page, '41:00.0').click();
  await page.getByLabel('Name of the VM').fill('tower');
  await expect(goOn(page)).toBeEnabled();
  await openPlace(page, /^Groups/);
  await expect(place(page, 'Groups')).toBeVisible();
  await openPlace(page, /Write/);
  await expect(page.getByText('Your choice is not a plan yet')).toBeVisible();
  await page.getByRole('link', { name: 'Choose what to give' }).click();
  await expect(page.getByLabel('Name of the VM')).toHaveValue('tower');
  await expect(goOn(page)).toBeEnabled();
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Nothing chosen')).toBeVisible();

  await card(page, '61:00.0').click();
  await expect(goOn(page)).toBeEnabled();
  await chooseFromSwitcher(page, 'Intel desktop with one GPU');
  await openPlace(page, /Choose/);
  await expect(page.getByText('Nothing chosen')).toBeVisible();
});
