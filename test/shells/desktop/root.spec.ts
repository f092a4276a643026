import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { desktopWords } from '../../../main/words/desktop.ts';
import { expect, skipUnlessDesktop, test } from '../../stories/app.ts';
import { checkout, electronPath } from '../../stories/electron.ts';

test.beforeEach(() => skipUnlessDesktop());

/** Root itself, or somebody whom a user namespace lets look like it. */
const becomeRoot = process.getuid?.() === 0 ? [] : ['unshare', '--map-root-user'];

/** How the window's program ends as root, and what it left where it keeps its things. */
function runAsRoot(...switches: string[]): { status: number | null; said: string; left: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'slotwise-root-'));
  const words = [electronPath() ?? '', ...switches, checkout, `--user-data-dir=${folder}`];
  const [command = '', ...args] = [...becomeRoot, ...words];
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 30_000 });
  const left = readdirSync(folder);
  rmSync(folder, { recursive: true, force: true });
  return { status, said: stdout + stderr, left };
}

test('N6 As root no window opens: it is said why and what to do, and nothing is left behind', () => {
  const { status, said, left } = runAsRoot('--no-sandbox');
  expect(said).toContain(desktopWords.notAsRoot.title);
  expect(said).toContain(desktopWords.notAsRoot.text);
  expect(status).toBe(4);
  expect(left).toEqual([]);
});

test('N6 Nor does it as root with the sandbox, which Electron itself refuses', () => {
  const { status, said } = runAsRoot();
  expect(said).toContain('Running as root without --no-sandbox');
  expect(status).not.toBe(0);
});
