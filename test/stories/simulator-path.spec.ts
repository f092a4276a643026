import { join } from 'node:path';
import { corpusFolder, corpusPresent } from '../hosts/corpus.ts';
import { expect, test } from './app.ts';
import { judged } from './steps.ts';

test('Bits of a port that were not read are told as that, in the picture, the steps and the verdict', async ({
  start,
}) => {
  test.skip(!corpusPresent, 'the corpus is absent');
  const { page } = await start(join(corpusFolder, 'lspci', 'asus-x570-matisse-linux-5.16.txt'));
  await judged(page);
  const link = page.url().split('#')[0] ?? '';
  await page.goto(`${link}#/simulator?device=0000:0b:00.0&scenario=wrong-requester`);
  const picture = page.getByRole('img', { name: /The path of the request/ });
  // Two of the three ports of the path have a register that the listing does not hold; the one between them has none.
  await expect(picture.getByText('not read', { exact: true })).toHaveCount(2);
  await expect(picture.getByText('?', { exact: true })).toHaveCount(14);
  const steps = page.getByRole('region', { name: 'Steps of this transaction' });
  await expect(steps).toContainText('Whether it checks the sender could not be read');
  await expect(steps).toContainText('Port 09:00.0 sends it up and does not check the sender');
  await page.keyboard.press('End');
  const counters = page.getByRole('region', { name: 'Counters' });
  await expect(counters).toContainText(
    'Cannot know. Its IOMMU is on. Whether a port on the way checks the sender could not be read.',
  );
});

test('A path of two ports and six tables stands whole in a window of 1180 pixels, high or low', async ({ start }) => {
  test.skip(!corpusPresent, 'the corpus is absent');
  const dump = 'x-tmcarvalho-autopriv-nvidia-bug-report-log-gz';
  const { page } = await start(join(corpusFolder, 'lspci', `${dump}.txt`), { viewport: { width: 1180, height: 820 } });
  await judged(page);
  const picture = page.getByRole('img', { name: /The path of the request/ });
  await page.goto(`${page.url().split('#')[0] ?? ''}#/simulator?device=0000:09:01.0`);
  await expect(picture).toContainText('Ports');
  await expect(picture).toContainText('Level 4');
  for (const height of [820, 720]) {
    await page.setViewportSize({ width: 1180, height });
    // A picture that is wider than its room is a region that takes the focus.
    await expect(page.getByRole('region', { name: 'The path, scrolls sideways' })).toHaveCount(0);
    const beyond = await picture.locator('..').evaluate((room) => room.scrollWidth - room.clientWidth);
    expect(beyond).toBeLessThanOrEqual(0);
  }
});
