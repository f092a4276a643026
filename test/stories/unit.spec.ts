import { join } from 'node:path';
import { expect, test } from './app.ts';
import { inBoot, missingCaptures, stageMachine } from './staged-machine.ts';
import { judged, openPlace, tabTo } from './steps.ts';

const intel = 'vtd-desktop-rmrr-k61';
const amd = 'amdvi-desktop-k61';
const hindrance = missingCaptures(intel, amd);

test.beforeEach(() => {
  test.skip(hindrance !== null, hindrance ?? '');
});

test('Somebody opens an Intel unit by the keyboard: what it serves and by which entry, its bits, its reserved memory', async ({
  start,
}) => {
  const machine = await stageMachine(
    join(start.state, 'machine.tar'),
    intel,
    inBoot('4b6f0001-0000-4000-8000-000000000001'),
  );
  const { page } = await start(machine);
  await judged(page);
  await openPlace(page, /^Groups/);
  const unit = page.getByRole('toolbar', { name: 'IOMMU units' }).getByRole('button', { name: /dmar0/ });
  await tabTo(page, unit);
  await page.keyboard.press('Enter');
  const inspector = page.getByRole('complementary');
  await expect(inspector.getByRole('heading', { level: 2 })).toHaveText('IOMMU unit dmar0');
  await expect(unit).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(/select=unit:dmar0/);
  await expect(inspector).toContainText('a bridge and all below it');
  await expect(inspector.getByRole('img', { name: /^Extended capability \(ECAP\), 0x/ })).toBeVisible();
  await expect(inspector.getByText('interrupt remapping', { exact: true })).toBeVisible();
  await expect(inspector).toContainText('must stay mapped');

  // A function that it serves leads to the function, and that one back.
  await inspector.getByRole('button', { name: /^01:00\.0/ }).click();
  await expect(page).toHaveURL(/select=0000:01:00\.0/);
  await page.keyboard.press('i');
  await expect(page).toHaveURL(/select=unit:dmar0/);
});

test('An AMD unit is opened by its hexagon in the tree; a function’s sections open and stay open', async ({
  start,
}) => {
  const machine = await stageMachine(
    join(start.state, 'machine.tar'),
    amd,
    inBoot('4b6f0002-0000-4000-8000-000000000002'),
  );
  const { page } = await start(machine);
  await judged(page);
  await openPlace(page, /^Groups/);
  await page.getByRole('treeitem', { name: /IOMMU/ }).first().click();
  const inspector = page.getByRole('complementary');
  await expect(inspector.getByRole('heading', { level: 2 })).toHaveText('IOMMU unit ivhd0');
  await expect(inspector).toContainText('The unit itself, which translates nothing of its own.');
  await expect(inspector.getByRole('heading', { name: 'Capability header' })).toBeVisible();

  await page
    .getByRole('treeitem', { name: /01:00\.0/ })
    .first()
    .click();
  await inspector.getByText('Reset and power', { exact: true }).click();
  await expect(inspector.getByText('Ways to reset', { exact: true })).toBeVisible();
  await page
    .getByRole('treeitem', { name: /02:00\.0/ })
    .first()
    .click();
  await expect(inspector.getByText('Ways to reset', { exact: true })).toBeVisible();
});
