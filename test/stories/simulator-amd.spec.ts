import { expect, test } from './app.ts';
import { judged } from './steps.ts';

test('On an AMD machine the simulator walks its own tables and ends with the line that Linux logs', async ({
  start,
}) => {
  const { page } = await start('sample:amd-workstation');
  await judged(page);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/simulator?device=0000:41:00.0`);
  const picture = page.getByRole('img', { name: /The path of the request/ });
  await expect(picture).toContainText('AMD-Vi');
  await expect(picture).toContainText('Devices');
  await expect(picture).toContainText('Level 3');
  await expect(picture).not.toContainText('Root table');
  await page.getByRole('button', { name: /next fault/ }).click();
  await expect(picture).toContainText('Stopped here');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText(/AMD-Vi: Event logged/).first()).toBeVisible();
  await page.keyboard.press('End');
  await expect(picture).toContainText('vector 41h');
});
