import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, stateFolder, type Store } from '../../../main/linux/store.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'slotwise-store-')), 'state');
  store = openStore(folder);
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

test('what was saved is loaded, by its user alone, and nothing else is left behind', async () => {
  expect(await store.load('journey')).toBeNull();
  await store.save('journey', { stage: 'firmware' });
  await store.save('journey', { stage: 'host' });
  expect(await store.load('journey')).toEqual({ stage: 'host' });
  expect(readdirSync(folder)).toEqual(['journey.json']);
  expect(statSync(join(folder, 'journey.json')).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a broken file is kept beside and counts as none', async () => {
  await store.save('journey', {});
  writeFileSync(join(folder, 'journey.json'), '{"stage": "fir');
  expect(await store.load('journey')).toBeNull();
  expect(readFileSync(join(folder, 'journey.json.bad'), 'utf8')).toBe('{"stage": "fir');
  expect(await store.load('journey')).toBeNull();
  await store.save('journey', { stage: 'look' });
  expect(await store.load('journey')).toEqual({ stage: 'look' });
});

test('bytes that are no UTF-8 are no JSON', async () => {
  await store.save('journey', {});
  writeFileSync(join(folder, 'journey.json'), Buffer.from([0x22, 0xff, 0x22]));
  expect(await store.load('journey')).toBeNull();
});

test('many saves at once leave one whole document', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, i) => store.save('plan', { i, text: 'x'.repeat(10_000) })));
  expect(await store.load('plan')).toMatchObject({ text: 'x'.repeat(10_000) });
  expect(readdirSync(folder)).toEqual(['plan.json']);
});

test.each(['../escape', 'a/b', '', '.hidden', 'a..b'])('%j is no name to keep by', async (name) => {
  await expect(store.load(name)).rejects.toThrow(RangeError);
  await expect(store.save(name, 1)).rejects.toThrow(RangeError);
});

test('the folder is the one of the specification; a relative value is ignored', () => {
  expect(stateFolder({ XDG_STATE_HOME: '/var/x' })).toBe('/var/x/slotwise');
  expect(stateFolder({ XDG_STATE_HOME: 'x' })).toBe(join(homedir(), '.local/state/slotwise'));
});
