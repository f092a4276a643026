import type { Page } from '@playwright/test';
import { expect, test } from '../../stories/app.ts';
import { judged } from '../../stories/steps.ts';

interface Bridge {
  open(name: string, input: unknown, since: number | null, take: (message: unknown) => void): () => void;
}

/** A file of ours that is no page: the bridge is there, and no code of the app that opens streams by itself. */
async function openEmptyPage(page: Page): Promise<void> {
  const sheet = await page.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel=stylesheet]')?.href ?? '');
  await page.goto(sheet);
}

/** Opens a stream and keeps what it says in the page. */
const listen = (page: Page, name: string, input: object): Promise<void> =>
  page.evaluate(
    ([stream, ask]) => {
      const { slotwise } = globalThis as unknown as { slotwise: Bridge };
      const said: string[] = [];
      const close = slotwise.open(stream, ask, null, (message) => said.push(JSON.stringify(message)));
      Object.assign(globalThis, { said, close });
    },
    [name, input] as const,
  );

const said = (page: Page): Promise<string[]> => page.evaluate(() => (globalThis as unknown as { said: string[] }).said);

test('Q4 A page that goes takes its streams along: the next one hears its own and nothing else', async ({ start }) => {
  const { page } = await start('sample:intel-desktop');
  await judged(page);
  await openEmptyPage(page);
  await listen(page, 'traffic.watch', { address: null, seed: 1 });
  await expect.poll(async () => (await said(page)).length).toBeGreaterThan(2);

  await page.reload();
  await listen(page, 'machine.changes', {});
  await expect.poll(async () => (await said(page)).length).toBe(1);
  // Traffic comes ten times a second.
  await page.waitForTimeout(1_000);
  const heard = await said(page);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toContain('"revision"');
});

test('Q4 Opening and closing streams leaves no listener behind', async ({ start }) => {
  const { page, electron } = await start('sample:intel-desktop');
  await judged(page);
  await openEmptyPage(page);
  const listeners = (): Promise<number> | undefined =>
    electron?.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      return (contents?.eventNames() ?? []).reduce(
        (sum, name) => sum + (contents?.listenerCount(String(name)) ?? 0),
        0,
      );
    });
  const openAndClose = async (): Promise<void> => {
    await listen(page, 'machine.changes', {});
    await expect.poll(async () => (await said(page)).length).toBe(1);
    await page.evaluate(() => (globalThis as unknown as { close(): void }).close());
  };
  await openAndClose();
  const before = await listeners();
  for (let time = 0; time < 30; time += 1) await openAndClose();
  // The last one may still be on its way out; a listener left behind each time would make thirty more.
  await expect.poll(listeners).toBeLessThanOrEqual(before ?? 0);
});
