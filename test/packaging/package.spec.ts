import { extractFile, listPackage, statFile } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, posix } from 'node:path';
import { expect, skipUnlessDesktop, test } from '../stories/app.ts';
import { checkout, electronPath } from '../stories/electron.ts';
import { commandOf, familyOf, statusOf } from '../stories/processes.ts';
import { judged } from '../stories/steps.ts';
import { fuseOf, packaged, packageFile } from './program.ts';
import { startPackaged } from './start.ts';

/** What ships, looked at from outside and from within; the numbers are the security checklist's. */

const sample = 'sample:intel-desktop';

test.beforeEach(() => skipUnlessDesktop());

/** The one fuse that stays as Electron ships it (test/packaging/config.test.ts). */
const wasm = String(FuseV1Options.WasmTrapHandlers);

/** Files below a folder of the checkout, by their path in it. */
const filesOf = (folder: string): string[] =>
  readdirSync(join(checkout, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(checkout.length + 1), entry.name));

test('The archive holds the built program, its data and nothing else', async () => {
  const { resources, added } = await packaged();
  const archive = join(resources, 'app.asar');
  const held = listPackage(archive, { isPack: false })
    .map((path) => path.slice(1))
    .filter((path) => !('files' in statFile(archive, path)));
  const wanted = [
    'package.json',
    ...filesOf('out').filter((path) => /^out\/(?:main\/(?:desktop|chunks\/[^/]+)|preload\/[^/]+)\.cjs$/.test(path)),
    ...filesOf('out/renderer').filter((path) => !path.endsWith('.map')),
    ...filesOf('resources').filter((path) => !path.startsWith('resources/icons/')),
    ...added,
  ];
  expect(held.sort()).toEqual(wanted.sort());
  expect(held.filter((path) => /node_modules|^test|corpus|\.(?:ts|svelte|map|d\.ts|env|log)$/.test(path))).toEqual([]);

  // What the window's main process can reach, and nothing else.
  const text = (path: string): string => extractFile(archive, path).toString();
  const reached = new Set([posix.normalize(packageFile.main)]);
  for (const path of reached) {
    for (const [, name] of text(path).matchAll(/require\("(\.[^"]+)"\)/g)) {
      reached.add(posix.join(posix.dirname(path), name ?? ''));
    }
  }
  const main = held.filter((path) => path.startsWith('out/main/'));
  expect([...reached].filter((path) => !main.includes(path))).toEqual([]);
  expect(main.filter((path) => !reached.has(path))).toEqual([]);

  const described = JSON.parse(text('package.json')) as Record<string, unknown>;
  expect(described).toMatchObject({ name: 'slotwise', version: packageFile.version });
  expect(Object.keys(described)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(?:scripts|devDependencies|build)$/)]),
  );
});

test('19 The binary’s fuses are those of package.json, and it has none that nobody decided on', async () => {
  const { binary } = await packaged();
  const wire = await getCurrentFuseWire(binary);
  const before = await getCurrentFuseWire(electronPath() ?? '');
  const { electronFuses } = packageFile.build;
  const decided = new Map(Object.entries(electronFuses).map(([key, on]) => [String(fuseOf(key)), on]));
  const states = ([key, state]: [string, unknown]): [string, unknown] => [FuseV1Options[Number(key)] ?? key, state];
  const expected = Object.entries(before)
    .filter(([key]) => decided.has(key))
    .map(([key]): [string, unknown] => [key, decided.get(key) === true ? FuseState.ENABLE : FuseState.DISABLE]);
  const left = Object.entries(before).filter(([key]) => [wasm, 'version'].includes(key));
  expect(Object.fromEntries(Object.entries(wire).map(states))).toEqual(
    Object.fromEntries([...expected, ...left].map(states)),
  );
});

test('19 It is no Node, loads no module from the environment and opens no inspector', async ({ start }) => {
  const canary = join(start.state, 'canary.cjs');
  const trace = join(start.state, 'state', 'loaded');
  writeFileSync(canary, `require('node:fs').writeFileSync(${JSON.stringify(trace)}, '')`);
  const port = await new Promise<number>((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => resolve(free));
    });
  });
  const script = "console.log('ran as ' + 'Node')";
  const asNode = { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: `--require=${canary}` };

  // The binary before its fuses were set does the first, so that its absence says something.
  const unfused = spawnSync(electronPath() ?? '', ['-e', script], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    encoding: 'utf8',
  });
  expect(unfused.stdout).toContain('ran as Node');

  const app = await startPackaged(sample, start.state, { args: [`--inspect=${port}`, '-e', script], env: asNode });
  try {
    await judged(app.page);
    expect(app.printed()).not.toContain('ran as Node');
    expect(app.printed()).not.toContain('Debugger listening');
    expect(existsSync(trace)).toBe(false);
    await expect(fetch(`http://127.0.0.1:${port}/json/version`)).rejects.toThrow();
  } finally {
    await app.stop();
  }
});

test('4 Its page runs in Chromium’s sandbox, as an ordinary user', async ({ start }) => {
  const app = await startPackaged(sample, start.state);
  try {
    await judged(app.page);
    const family = familyOf(app.process.pid ?? 0);
    const renderers = family.filter((pid) => commandOf(pid).includes('--type=renderer'));
    expect(renderers).toHaveLength(1);
    for (const facts of renderers.map(statusOf)) {
      expect(facts).toMatch(/^Seccomp:\s+2$/m);
      expect(facts).toMatch(/^NoNewPrivs:\s+1$/m);
      expect(facts).not.toMatch(/^Uid:\s+0\s/m);
    }
    expect(family.map(commandOf).filter((line) => line.includes('--no-sandbox'))).toEqual([]);
  } finally {
    await app.stop();
  }
});

test('The engine’s thread runs out of the archive', async ({ start }) => {
  const app = await startPackaged('sample:amd-workstation', start.state);
  try {
    await judged(app.page);
    await app.page.goto(`${app.page.url().split('#')[0] ?? ''}#/simulator?device=0000:41:00.0`);
    const picture = app.page.getByRole('img', { name: /The path of the request/ });
    await expect(picture).toContainText('AMD-Vi');
    await app.page.getByText('Live traffic', { exact: true }).click();
    await app.page.getByRole('button', { name: 'Run live traffic' }).click();
    await expect(app.page.getByText(/1 second here is \d+ µs there/)).toBeVisible();
  } finally {
    await app.stop();
  }
});

test('The command line beside it runs under plain Node, from its own files', async () => {
  const { resources } = await packaged();
  const shipped = join(resources, 'cli/out/main/slotwise.cjs');
  const run = (program: string, ...words: string[]): string =>
    execFileSync(process.execPath, [program, ...words], { encoding: 'utf8', cwd: '/', env: { PATH: '/usr/bin:/bin' } });
  expect(run(shipped, '--version')).toBe(`slotwise ${packageFile.version}\n`);
  for (const words of [
    ['scan', '--machine', sample, '--json'],
    ['groups', '--machine', 'sample:dual-socket-server', '--json'],
    ['simulate', 'peer-memory', '--machine', sample, '--json'],
  ]) {
    const [shippedAnswer, ours] = [shipped, join(checkout, 'out/main/slotwise.cjs')].map((program) =>
      run(program, ...words).replaceAll(/"readAt": ".*?"/g, '"readAt": null'),
    );
    expect(Object.keys(JSON.parse(shippedAnswer ?? '') as object).length).toBeGreaterThan(1);
    expect(shippedAnswer).toBe(ours);
  }
});
