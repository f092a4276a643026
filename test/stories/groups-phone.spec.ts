import { expect, test } from './app.ts';
import { judged } from './steps.ts';

const phone = { width: 390, height: 844 };

test('On a phone the groups can be shown as read, as predicted and as they would be, as on a desk', async ({
  start,
}) => {
  const { page } = await start('sample:amd-workstation', { viewport: phone });
  await judged(page);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/groups`);
  const choice = page.getByRole('button', { name: /^Which groups to show: / });
  await expect(choice).toHaveAccessibleName('Which groups to show: Read');
  for (const [entry, as, counted] of [
    ['Predicted', 'predicted', /\d+ groups, predicted/],
    ['If moved', 'moved', /\d+ groups, if moved/],
    ['With override', 'acs', /\d+ groups, with override/],
  ] as const) {
    await choice.click();
    await expect(page.getByRole('menuitem')).toHaveText([/Read/, /Predicted/, /If moved/, /With override/]);
    await page.getByRole('menuitem', { name: entry }).click();
    await expect(page).toHaveURL(new RegExp(`as=${as}`));
    await expect(choice).toHaveAccessibleName(`Which groups to show: ${entry}`);
    await expect(page.getByText(counted)).toBeVisible();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
  }
  await choice.click();
  await page.getByRole('menuitem', { name: 'Read' }).click();
  await expect(page.getByText(/\d+ functions, \d+ groups/)).toBeVisible();
});
