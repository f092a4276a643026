import { join } from 'node:path';
import { expect, test } from './app.ts';
import { inBoot, missingCaptures, stageMachine } from './staged-machine.ts';

const rich = 'vtd-rich-noir-k61';
const off = 'vtd-rich-off-k61';
const shared = '0000:05:00.0';

test('Somebody tries another slot for a card that shares its group, and goes back to what was read', async ({
  start,
}) => {
  const absent = missingCaptures(rich);
  test.skip(absent !== null, absent ?? '');
  const machine = await stageMachine(
    join(start.state, 'machine.tar'),
    rich,
    inBoot('3a6f0001-0000-4000-8000-000000000001'),
  );
  const { page } = await start(machine);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/groups?select=${shared}`);
  const views = page.getByRole('group', { name: 'Which groups to show' });
  await expect(views.getByRole('radio', { name: 'Read', exact: true })).toBeChecked();
  const ways = page.getByRole('listitem').filter({ hasText: /^Move the card to the slot of/ });
  await ways.filter({ hasText: 'predicted alone' }).first().getByRole('button', { name: 'Try it' }).click();
  await expect(views.getByRole('radio', { name: 'If moved' })).toBeChecked();
  await expect(
    page
      .getByRole('treeitem', { name: /moved/ })
      .or(page.getByText('moved', { exact: true }))
      .first(),
  ).toBeVisible();
  await expect(page.getByRole('heading', { name: /is alone in its group\.$/ })).toBeVisible();
  await views.getByText('Read', { exact: true }).click();
  await expect(page.getByRole('heading', { name: /shares a group with/ })).toBeVisible();
  await expect(page.getByText('moved', { exact: true })).toHaveCount(0);
});

test('With the IOMMU still off the groups to come are drawn, called predicted, and nothing else is offered', async ({
  start,
}) => {
  const absent = missingCaptures(off);
  test.skip(absent !== null, absent ?? '');
  const machine = await stageMachine(
    join(start.state, 'machine.tar'),
    off,
    inBoot('3a6f0002-0000-4000-8000-000000000002'),
  );
  const { page } = await start(machine);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/groups`);
  const views = page.getByRole('group', { name: 'Which groups to show' });
  await expect(views.getByRole('radio', { name: 'Predicted' })).toBeChecked();
  await expect(views.getByRole('radio', { name: 'Read', exact: true })).toHaveCount(0);
  await expect(page.getByText(/in 25 groups, predicted by the kernel’s rule$/)).toBeVisible();
});
