import { join } from 'node:path';
import { corpusFolder, corpusPresent } from '../hosts/corpus.ts';
import { expect, test } from './app.ts';
import { judged } from './steps.ts';

const machines = [
  { name: 'POWER', dump: 'ibm-power9-s924-phb4-nonx86', device: '0001:01:00.0' },
  { name: 'ARM', dump: 'x-kingfs-w510-hw-info-logs-lspci-all', device: null },
];

for (const { name, dump, device } of machines) {
  test(`On ${name} no unit of Intel’s is drawn as its own: the sample’s walk is shown, and said to be that`, async ({
    start,
  }) => {
    test.skip(!corpusPresent, 'the corpus is absent');
    const { page } = await start(join(corpusFolder, 'lspci', `${dump}.txt`));
    await judged(page);
    const link = `${page.url().split('#')[0] ?? ''}#/simulator`;
    await page.goto(link);
    await expect(page.locator('#content')).toContainText('another kind');
    await expect(page.getByRole('button', { name: /^[0-9a-f]{4}:/ })).toHaveCount(0);
    if (device !== null) await page.goto(`${link}?device=${device}`);
    else await page.getByRole('button', { name: 'Show the Intel sample’s walk' }).click();
    const picture = page.getByRole('img', { name: /The path of the request/ });
    await expect(picture).toContainText(device === null ? 'IOMMU unit' : 'The sample’s unit');
    await expect(page.getByText('on the Intel sample’s path')).toBeVisible();
    await expect(page.getByText(/says nothing about this machine/).first()).toBeVisible();
    await page.getByRole('button', { name: /next fault/ }).click();
    await page.keyboard.press('End');
    await expect(page.getByText(/Would this machine stop it/)).toHaveCount(0);
  });
}
