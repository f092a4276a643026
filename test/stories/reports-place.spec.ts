import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../../main/machine/machine.ts';
import { expect, test } from './app.ts';
import { writeReport } from './reports.ts';
import { card, goOn, judged, openFile, openPlace, place, savedFolder } from './steps.ts';

const planted = { provenance: 'measured', where: 'planted' } as const;
const secrets = [
  'zqtower',
  'zqalice',
  '52:54:00:aa:bb:cc',
  '10.11.12.13',
  '6f1c1e9e-9d5a-4b3e-8a47-1f2d3c4b5a69',
  'zqwords',
];

/** Names of a person, a host and a network where such names stand on real machines. */
const withSecrets = (machine: Machine): Machine => ({
  ...machine,
  interfaces: { known: true, value: [], ...planted },
  kernel: {
    ...machine.kernel,
    commandLine: {
      known: true,
      value: 'quiet root=UUID=6f1c1e9e-9d5a-4b3e-8a47-1f2d3c4b5a69 systemd.hostname=zqtower',
      ...planted,
    },
    log: {
      known: true,
      value: ['[ 1.0] zqtower: 52:54:00:aa:bb:cc has 10.11.12.13', '[ 2.0] seen by /home/zqalice/x'],
      ...planted,
    },
  },
  configFiles: [{ path: '/etc/modules', content: '# zqwords of mine\nvfio\n' }],
});

test('Somebody makes a redacted report, finds no secret on the page, and holds the file that was shown', async ({
  start,
  shell,
}) => {
  const { page } = await start(writeReport(start.state, 'mine.slotwise.json', withSecrets));
  await judged(page);
  await openPlace(page, /^Reports/);
  await expect(place(page, 'Reports')).toBeVisible();
  await expect(page.getByText(/^5 names and numbers .* were replaced\.$/)).toBeVisible();
  const content = page.locator('body');
  const text = page.getByRole('region', { name: 'The report, word for word' });
  // Through the whole text, a page at a time: only the rows in sight are on the page.
  const top = await text.evaluate((element) => element.scrollHeight);
  for (let at = 0; at < top; at += 500) {
    await text.evaluate((element, to) => element.scrollTo(0, to), at);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const shown = (await content.innerText()).toLowerCase();
    for (const secret of secrets) expect(shown, `at ${at}`).not.toContain(secret);
  }

  // A name leads to where it stands.
  await page.getByRole('button', { name: /^Find uuid-1 / }).click();
  await expect(page.getByText('1 of 1', { exact: true })).toBeVisible();
  await expect(text.locator('mark.here')).toHaveText('uuid-1');

  let saved: string;
  if (shell === 'served') {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the report' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.slotwise\.json$/);
    saved = readFileSync(await download.path(), 'utf8');
  } else {
    await page.getByRole('button', { name: 'Save the report' }).click();
    await expect(page.locator('#content').getByText(/^Saved as/)).toBeVisible();
    await expect(page.getByRole('status').filter({ hasText: 'Saved as' })).toHaveCount(1);
    const [file = ''] = readdirSync(join(start.state, 'slotwise/reports'));
    saved = readFileSync(join(start.state, 'slotwise/reports', file), 'utf8');
  }
  for (const secret of secrets) expect(saved.toLowerCase()).not.toContain(secret);
  expect(JSON.parse(saved)).toMatchObject({ format: 'slotwise-report', version: 1 });

  // As it is, the page says what stands in it, and who could learn it.
  await page.getByText('As it is', { exact: true }).click();
  await expect(page.getByText(/^5 names and numbers .* stand in it\.$/).first()).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Who could learn what' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save it with the names' })).toBeVisible();
});

test('Somebody opens a report in the reports place and reads what it lacks', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await judged(page);
  await openPlace(page, /^Reports/);
  const text = join(start.state, 'forum-post.txt');
  writeFileSync(text, '01:00.0 VGA compatible controller [0300]: NVIDIA Corporation GP106 [10de:1c03] (rev a1)\n');
  await openFile(page, text);
  await expect(place(page, 'Reports')).toBeVisible();
  await expect(page.getByText(/^The file that you opened lacks \d+ of the 19 parts/)).toBeVisible();
  const lacks = page.locator('section').filter({ has: page.getByRole('heading', { name: 'What is not in it' }) });
  await expect(lacks).toContainText('IOMMU groups of the kernel');
  await expect(lacks).toContainText('What shares a group can only be predicted.');
  await expect(lacks).toContainText('Whether the firmware announces an IOMMU is not certain');
  await expect(page.getByRole('button', { name: /PCI functions/ })).toContainText('1');
});

test('A report of two megabytes is scrolled and searched without a page that waits', async ({ start }) => {
  const { page } = await start(
    writeReport(start.state, 'large.slotwise.json', (machine) => ({
      ...machine,
      kernel: {
        ...machine.kernel,
        log: {
          known: true,
          value: Array.from(
            { length: 20_000 },
            (_, at) => `[ ${at}.000000] pci 0000:01:00.0: line ${at} of a long log, ${'x'.repeat(60)}`,
          ),
          ...planted,
        },
      },
    })),
  );
  await judged(page);
  await openPlace(page, /^Reports/);
  const text = page.getByRole('region', { name: 'The report, word for word' });
  await expect(text).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('line 19999 of');
  await expect(page.getByText('1 of 1', { exact: true })).toBeVisible();
  await expect(text.locator('mark.here')).toHaveText('line 19999 of');
  // What is drawn is bounded, whatever is read.
  expect(await text.locator('.row').count()).toBeLessThan(140);
});

test('Saved files are found again after a reload, and missed when they are gone', async ({ start }) => {
  const app = await start(writeReport(start.state, 'desk.slotwise.json'));
  const { page } = app;
  await judged(page);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/choose`);
  await card(page, '01:00.0').click();
  await goOn(page).click();
  await page.getByRole('button', { name: 'Save the files' }).first().click();
  const folder = await savedFolder(page, start.state);
  await page.reload();
  expect(await savedFolder(page, start.state)).toBe(folder);
  await expect(page.getByRole('button', { name: 'Save the files' })).toHaveCount(0);

  rmSync(folder, { recursive: true });
  await page.reload();
  await expect(page.getByText('This folder is not there any more.')).toBeVisible();
  await page.getByRole('button', { name: 'Save them again' }).click();
  await expect(page.getByText('This folder is not there any more.')).toHaveCount(0);
  expect(readdirSync(folder).length).toBeGreaterThan(4);
});
