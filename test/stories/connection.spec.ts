import { expect, test } from './app.ts';
import { startServed } from './served.ts';
import { judged, notice } from './steps.ts';

test(
  'Q5 The server is killed and comes back: the page says so, and its new link leads in',
  { tag: '@served' },
  async ({ start }) => {
    const { page, served } = await start('sample:intel-desktop');
    await judged(page);
    const port = Number(new URL(page.url()).port);
    await served?.kill();
    await expect(notice(page)).toContainText('does not answer');
    await expect(page.locator('#content').getByRole('heading', { level: 2 }).first()).toBeVisible();

    const again = await startServed('sample:intel-desktop', start.state, {}, port);
    try {
      await expect(notice(page)).toContainText('earlier start', { timeout: 30_000 });
      await page.goto(again.url);
      await judged(page);
      await expect(notice(page)).toHaveCount(0);
    } finally {
      await again.stop();
    }
  },
);

test(
  'Q5 The page of the window crashes: it is loaded again with the machine and the plan',
  { tag: '@desktop' },
  async ({ start }) => {
    const { page, electron } = await start('sample:intel-desktop');
    await judged(page);
    await electron?.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
    );
    // A question to the page that is going gets no answer, so each is asked for a second only.
    const heading = (): Promise<string> | undefined =>
      electron?.evaluate(({ BrowserWindow }) =>
        Promise.race([
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
            "document.querySelector('#content h2')?.textContent ?? ''",
          ) as Promise<string>,
          new Promise<string>((resolve) => setTimeout(() => resolve(''), 1_000)),
        ]),
      );
    await expect.poll(heading).toMatch(/machine|source/);
  },
);
