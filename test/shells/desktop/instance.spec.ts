import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from '../../stories/app.ts';
import { desktopProgram, handOver } from '../../stories/electron.ts';
import { writeReport } from '../../stories/reports.ts';
import { judged, switcher } from '../../stories/steps.ts';

test('Q1 A second start with a report opens it in the window that there is, and ends', async ({ start }) => {
  const { page, electron } = await start('sample:intel-desktop');
  await judged(page);
  await electron?.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
  writeReport(start.state, 'friend.slotwise.json');
  handOver(start.state);

  const { executable, app } = desktopProgram();
  // From another folder than the first one was started in, with a path that counts from there.
  const second = spawn(executable, [app, `--user-data-dir=${join(start.state, 'electron')}`, 'friend.slotwise.json'], {
    cwd: start.state,
    stdio: 'ignore',
    env: { ...process.env, HOME: start.state },
  });
  expect(await once(second, 'exit')).toEqual([0, null]);

  await expect(switcher(page)).toHaveAccessibleName(/Report of/);
  const windows = await electron?.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => ({ minimized: window.isMinimized(), visible: window.isVisible() })),
  );
  expect(windows).toEqual([{ minimized: false, visible: true }]);
});
