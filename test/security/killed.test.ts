import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../main/linux/store.ts';
import { checkout } from '../stories/electron.ts';
import { startServed } from '../stories/served.ts';
import { writeReport } from '../stories/reports.ts';

const die = { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'die-at-rename.mjs')}` };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slotwise-killed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `slotwise plan` into the test's folder. */
function plan(device: string, name: string, environment: Record<string, string> = {}) {
  const words = ['plan', '--machine', 'sample:intel-desktop', '--give', device, '--lose', name, '-o', 'plan.json'];
  return spawnSync(process.execPath, [join(checkout, 'out/main/slotwise.cjs'), ...words], {
    cwd: folder,
    env: { ...process.env, ...environment },
  });
}

test('N10 Killed while it replaces a plan, the program leaves the old one whole', () => {
  const at = join(folder, 'plan.json');
  expect(plan('02:00.0', 'enp2s0').status).toBe(0);
  const before = readFileSync(at, 'utf8');
  expect(plan('01:00.0', 'HDMI-A-1', die).signal).toBe('SIGKILL');
  expect(readFileSync(at, 'utf8')).toBe(before);
  expect(plan('01:00.0', 'HDMI-A-1').status).toBe(0);
  expect(readFileSync(at, 'utf8')).not.toBe(before);
});

test('N10 Killed while it keeps the journey, it starts again from what was kept before', async () => {
  const report = writeReport(folder, 'desk.slotwise.json');
  const kept = join(folder, 'state/slotwise');
  const contents = (): Record<string, string> =>
    Object.fromEntries(
      readdirSync(kept)
        .filter((name) => name.endsWith('.json'))
        .map((name) => [name, readFileSync(join(kept, name), 'utf8')]),
    );

  const journeyOf = async (environment: Record<string, string>): Promise<unknown> => {
    const served = await startServed(report, folder, environment);
    try {
      const entered = await fetch(served.url, { redirect: 'manual' });
      const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
      const answer = await fetch(new URL('/api/journey.get', served.url), {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json' },
        body: '{}',
      });
      return await answer.json();
    } finally {
      await served.stop();
    }
  };

  expect(await journeyOf({})).toMatchObject({ ok: true });
  const before = contents();
  expect(Object.keys(before).length).toBeGreaterThan(1);
  await expect(journeyOf(die)).rejects.toThrow();
  expect(contents()).toEqual(before);
  expect(await journeyOf({})).toMatchObject({ ok: true });
});

test('N10 What was kept and cannot be read stays beside as .bad, and counts as nothing', async () => {
  const store = openStore(folder);
  await store.save('journey', { stage: 'host' });
  const whole = readFileSync(join(folder, 'journey.json'));
  spawnSync('truncate', ['-s', String(whole.length - 3), join(folder, 'journey.json')]);
  expect(await store.load('journey')).toBeNull();
  expect(readdirSync(folder)).toEqual(['journey.json.bad']);
});
