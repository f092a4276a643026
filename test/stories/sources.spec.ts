import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { writeReport } from './reports.ts';
import { chooseFromSwitcher, judged, notice, openFile, openPlace, place, switcher } from './steps.ts';

const here = readdirSync('/sys/bus/pci/devices').sort();
const pasted = `00:00.0 Host bridge [0600]: Intel Corporation 8th Gen Core Host Bridge [8086:3ec2] (rev 07)
\tSubsystem: ASUSTeK Computer Inc. Device [1043:8694]
\tFlags: bus master, fast devsel, latency 0, IOMMU group 0

01:00.0 VGA compatible controller [0300]: NVIDIA Corporation GP106 [GeForce GTX 1060 6GB] [10de:1c03] (rev a1)
\tSubsystem: ASUSTeK Computer Inc. Device [1043:85ac]
\tFlags: bus master, fast devsel, latency 0, IRQ 139, IOMMU group 1
\tKernel driver in use: nouveau
`;

test('This host shows exactly its own devices, and says that it is this host', async ({ start, shell }) => {
  test.skip(here.length === 0, 'this host has no PCI device');
  const { page } = await start(null);
  await judged(page);
  await expect(switcher(page)).toHaveAccessibleName(shell === 'served' ? /This host/ : /This computer/);
  await openPlace(page, /^Groups/);
  await page.getByText('Table', { exact: true }).click();
  const rows = page.getByRole('grid', { name: 'IOMMU groups' }).locator('tbody tr');
  await expect(rows).toHaveCount(here.length);
  const shown = await rows
    .locator('td.address, td:has(bdi)')
    .evaluateAll((cells) => cells.map((cell) => /[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]/.exec(cell.textContent)?.[0]));
  expect([...new Set(shown.filter((one) => one !== undefined))].sort()).toEqual(
    here.map((address) => address.replace(/^0000:/, '')),
  );
});

test('A sample is called a sample, partly staged, in every place, and never this computer', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await judged(page);
  for (const name of ['', 'groups', 'choose', 'write', 'simulator', 'reports']) {
    await page.goto(`${page.url().split('#')[0] ?? ''}#/${name}`);
    await expect(switcher(page)).toHaveAccessibleName(/Sample, partly staged/);
    await expect(page.locator('body')).not.toContainText(/This (computer|host)/);
  }
});

test('Another sample, then this host again', async ({ start, shell }) => {
  const { page } = await start('sample:intel-desktop');
  await judged(page);
  await chooseFromSwitcher(page, 'Dual-socket server');
  await expect(switcher(page)).toHaveAccessibleName(/Z9PE-D16.*Sample/);
  await chooseFromSwitcher(page, shell === 'served' ? 'This host' : 'This computer');
  await expect(switcher(page)).not.toHaveAccessibleName(/Sample/);
});

test('A report and pasted text open in the page; a broken one leaves the machine before it', async ({ start }) => {
  const text = join(start.state, 'forum-post.txt');
  const broken = join(start.state, 'broken.slotwise.json');
  writeFileSync(text, pasted);
  writeFileSync(broken, '{ "kind": "slotwise-report", "version": 1, "machine": {');
  const { page } = await start('sample:intel-desktop');
  await judged(page);

  await openFile(page, text);
  await expect(switcher(page)).toHaveAccessibleName(/From the text forum-post\.txt/);
  await expect(page.getByRole('link', { name: /GeForce GTX 1060/ })).toBeVisible();

  await openFile(page, broken);
  await expect(notice(page)).toContainText('broken.slotwise.json');
  await expect(notice(page)).toContainText('The one before it still is');
  await expect(switcher(page)).toHaveAccessibleName(/forum-post/);

  await openFile(page, writeReport(start.state, 'friend.slotwise.json'));
  await expect(switcher(page)).toHaveAccessibleName(/Report of/);
  await expect(notice(page)).toHaveCount(0);
});

test('Reload, back and a link to a place lead where they say', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await judged(page);
  await openPlace(page, /^Groups/);
  await expect(place(page, 'Groups')).toBeVisible();
  await openPlace(page, /^Simulator/);
  await expect(place(page, 'Simulator')).toBeVisible();
  await page.goBack();
  await expect(place(page, 'Groups')).toBeVisible();
  await page.reload();
  await expect(place(page, 'Groups')).toBeVisible();
  await expect(switcher(page)).toHaveAccessibleName(/Sample/);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/choose?select=0000:41:00.0`);
  await expect(place(page, 'Choose what to give')).toBeVisible();
  await page.goto(`${page.url().split('#')[0] ?? ''}#/nowhere`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('A report that is dropped on the page is opened, whatever place is shown', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await judged(page);
  await openPlace(page, /^Groups/);
  await page.evaluate((text) => {
    const carried = new DataTransfer();
    carried.items.add(new File([text], 'pasted.txt', { type: 'text/plain' }));
    for (const type of ['dragover', 'drop'])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }, pasted);
  await expect(place(page, 'Overview')).toBeVisible();
  await expect(switcher(page)).toHaveAccessibleName(/pasted\.txt/);
});
