import type { Page } from '@playwright/test';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { inBoot, missingCaptures, stageMachine } from './staged-machine.ts';
import { card, crossedCard } from './steps.ts';

/** Nine network cards, six of them with the same ids, some in shared groups: up to three chips on a card. */
const many = 'vtd-rich-noir-k61';
const hindrance = missingCaptures(many);

test.beforeEach(() => {
  test.skip(hindrance !== null, hindrance ?? '');
});

/** Parts of cards that stick out of their card: an address over the border would seem to be on the other side. */
const stickingOut = (page: Page): Promise<string[]> =>
  page.locator('#content [data-candidate]').evaluateAll((cards) =>
    cards.flatMap((one) => {
      const { left, right } = one.getBoundingClientRect();
      return [...one.querySelectorAll('bdi, .chips > *')].flatMap((part) => {
        const { left: from, right: to, width } = part.getBoundingClientRect();
        return width > 1 && (from < left || to > right) ? [part.textContent] : [];
      });
    }),
  );

test('Every card holds its name, its chips and its address, however many and however narrow', async ({ start }) => {
  const machine = await stageMachine(
    join(start.state, 'machine.tar'),
    many,
    inBoot('1e6f0001-0000-4000-8000-000000000009'),
  );
  const { page } = await start(machine);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/choose`);
  await card(page, '81:00.0').click();
  await expect(crossedCard(page, '81:00.0')).toBeVisible();
  await expect(card(page, '08:00.0')).toContainText('twin of yours');
  for (const width of [390, 768, 1180, 1440, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    await expect.poll(() => stickingOut(page), `at ${width} pixels`).toEqual([]);
    const name = await card(page, '08:00.0').locator('.name').boundingBox();
    expect(name?.width ?? 0, `a name that can be read at ${width} pixels`).toBeGreaterThan(60);
  }
});
