import { join } from 'node:path';
import { expect, test } from './app.ts';
import { inBoot, missingCaptures, stageMachine } from './staged-machine.ts';
import { judged } from './steps.ts';

const capture = 'vtd-desktop-rmrr-k61';

test('A device that the running kernel does not hand over is marked where it could be given, as the plan refuses it', async ({
  start,
}) => {
  const hindrance = missingCaptures(capture);
  test.skip(hindrance !== null, hindrance ?? '');
  const archive = join(start.state, 'machine.tar');
  const { page } = await start(await stageMachine(archive, capture, inBoot('4b6f0005-0000-4000-8000-000000000005')));
  await judged(page);
  const rows = page.getByRole('row');
  const kept = rows.filter({ hasText: '00:19.0' });
  await expect(kept).toContainText('the kernel keeps it');
  await expect(rows.filter({ hasText: 'the kernel keeps it' })).toHaveCount(1);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(kept.getByText('the kernel keeps it').first()).toBeVisible();
});
