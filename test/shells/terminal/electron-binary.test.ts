import { createHash } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findElectron } from '../../../main/shells/terminal/electron-binary.ts';
import { terminalWords } from '../../../main/words/terminal.ts';
import { storedZip } from '../../hosts/zip.ts';
import { checkout } from './run.ts';

// Electron's own installer, unchanged, against a mirror on loopback: what it brings is a program of four words.
const modules = join(checkout, 'node_modules');
const { version } = JSON.parse(readFileSync(join(modules, 'electron/package.json'), 'utf8')) as { version: string };
const archive = storedZip({ electron: '#!/bin/sh\necho the window "$1"\n', version });

let folder = '';
let mirror: Server;
let asked: string[] = [];
let served = new Map<string, Buffer>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slotwise-electron-'));
  mkdirSync(join(folder, 'node_modules/electron'), { recursive: true });
  for (const file of ['install.js', 'package.json', 'checksums.json'])
    cpSync(join(modules, 'electron', file), join(folder, 'node_modules/electron', file));
  for (const scope of ['@electron', '@electron-internal'])
    symlinkSync(join(modules, scope), join(folder, 'node_modules', scope));
  asked = [];
  served = new Map();
  mirror = createServer(({ url = '' }, response) => {
    const file = url.slice(url.lastIndexOf('/') + 1);
    asked.push(file);
    const bytes = served.get(file);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await once(mirror.listen(0, '127.0.0.1'), 'listening');
  point((mirror.address() as AddressInfo).port);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  mirror.closeAllConnections();
  if (mirror.listening) await new Promise((done) => mirror.close(done));
  rmSync(folder, { recursive: true, force: true });
});

function point(port: number): void {
  vi.stubEnv('ELECTRON_MIRROR', `http://127.0.0.1:${port}/`);
  vi.stubEnv('npm_config_electron_mirror', undefined);
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', undefined);
  vi.stubEnv('electron_config_cache', join(folder, 'cache'));
  vi.stubEnv('electron_use_remote_checksums', '1');
}

function offer(bytes: Buffer): void {
  const name = `electron-v${version}-${process.platform}-${process.arch}.zip`;
  served.set(name, bytes);
  served.set('SHASUMS256.txt', Buffer.from(`${createHash('sha256').update(archive).digest('hex')} *${name}\n`));
}

async function find() {
  const said: string[] = [];
  return { found: await findElectron(folder, (line) => said.push(line)), said };
}

test('Without a binary install-electron runs once, with one line that says so, and the window’s program is there', async () => {
  offer(archive);
  const first = await find();
  expect(first.said).toEqual([terminalWords.fetchingElectron('127.0.0.1')]);
  expect(first.said[0]).toContain('install-electron');
  if ('missing' in first.found) throw new Error(first.found.missing);
  expect(spawnSync(first.found.path, ['opens'], { encoding: 'utf8' }).stdout).toBe('the window opens\n');

  const before = asked.length;
  expect(before).toBeGreaterThan(0);
  expect(await find()).toEqual({ found: first.found, said: [] });
  expect(asked).toHaveLength(before);
});

test('A mirror without the file, and one with another file than the checksum tells, leave no binary and are named', async () => {
  const failed = { missing: terminalWords.fetchFailed('127.0.0.1') };
  expect((await find()).found).toEqual(failed);
  offer(storedZip({ electron: '#!/bin/sh\necho stranger\n', version }));
  // Said by the mirror, then by the package itself.
  expect((await find()).found).toEqual(failed);
  vi.stubEnv('electron_use_remote_checksums', undefined);
  offer(archive);
  expect((await find()).found).toEqual(failed);
  expect(existsSync(join(folder, 'node_modules/electron/dist/electron'))).toBe(false);
});

test('A host that refuses is said in one line, and nothing is run', async () => {
  const { port } = mirror.address() as AddressInfo;
  await new Promise((done) => mirror.close(done));
  point(port);
  expect(await find()).toEqual({ found: { missing: terminalWords.unreachable('127.0.0.1') }, said: [] });
});

test('A host that never answers is given up', async () => {
  // A listener that is stopped takes what its queue holds; the kernel leaves every later caller without an answer.
  const listen =
    "require('node:net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},function(){console.log(this.address().port)})";
  const silent = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  const waiting: Socket[] = [];
  try {
    const [line] = (await once(silent.stdout, 'data')) as [Buffer];
    silent.kill('SIGSTOP');
    const port = Number(line.toString());
    for (let caller = 0; caller < 8; caller++) waiting.push(connect(port, '127.0.0.1').on('error', () => undefined));
    await expect.poll(() => waiting.filter(({ connecting }) => !connecting).length).toBeGreaterThan(0);
    point(port);
    expect(await find()).toEqual({ found: { missing: terminalWords.unreachable('127.0.0.1') }, said: [] });
  } finally {
    for (const socket of waiting) socket.destroy();
    silent.kill('SIGKILL');
  }
});

test('A program without its electron package has no window', async () => {
  rmSync(join(folder, 'node_modules/electron'), { recursive: true });
  expect(await find()).toEqual({ found: { missing: terminalWords.noElectron }, said: [] });
});

test('A binary that a person points at is used as it is', async () => {
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder);
  symlinkSync(process.execPath, join(folder, 'electron'));
  expect(await find()).toEqual({ found: { path: join(folder, 'electron') }, said: [] });
  expect(asked).toEqual([]);
});
