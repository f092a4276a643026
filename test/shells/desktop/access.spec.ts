import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../../stories/app.ts';
import { judged } from '../../stories/steps.ts';

// The page is the served one, looked at in full by test/access; here the oldest Chromium that shows it has its say.
test('axe finds nothing in the window', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await judged(page);
  const frame = page.url().split('#')[0] ?? '';
  for (const place of ['', 'groups', 'choose', 'write', 'simulator']) {
    await page.goto(`${frame}#/${place}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page.locator('#content [aria-busy=true]')).toHaveCount(0);
    // Electron opens no second page for axe's own run, so it runs in this one.
    const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    expect(passes.length, place).toBeGreaterThan(10);
    expect(
      violations.map(({ id, nodes }) => `${place}: ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
    ).toEqual([]);
  }
});
