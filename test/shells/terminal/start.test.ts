import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { terminalWords } from '../../../main/words/terminal.ts';
import { checkout } from './run.ts';

// `npm start` is the build and `slotwise open`. The program stands in a folder that every user may read, since most of
// this belongs to an ordinary one: as root no window opens.
const visitor = join(import.meta.dirname, 'visit.mjs');
const root = process.getuid?.() === 0;
let folder = '';
let program = '';
let visit = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slotwise-start-'));
  for (const part of ['out/main', 'out/renderer', 'resources'])
    cpSync(join(checkout, part), join(folder, part), { recursive: true });
  cpSync(visitor, join(folder, 'visit.mjs'));
  mkdirSync(join(folder, 'node_modules/electron'), { recursive: true });
  cpSync(join(checkout, 'node_modules/electron/install.js'), join(folder, 'node_modules/electron/install.js'));
  mkdirSync(join(folder, 'state'));
  mkdirSync(join(folder, 'binary'));
  spawnSync('chmod', ['-R', 'a+rX', folder]);
  for (const open of ['state', 'binary']) chmodSync(join(folder, open), 0o777);
  program = join(folder, 'out/main/slotwise.cjs');
  visit = join(folder, 'visit.mjs');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs Node as somebody: the words in front make it so. */
function node(before: readonly string[], args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const [command = '', ...words] = [...before, process.execPath, ...args];
  const state = join(folder, 'state');
  const { status, stdout, stderr } = spawnSync(command, words, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: state, XDG_STATE_HOME: state, XDG_DATA_HOME: state, ...environment },
  });
  return { code: status, out: stdout, err: stderr };
}

interface Visit {
  readonly printed: string;
  readonly page: string;
  readonly machine: { readonly source: { readonly kind: string }; readonly functions: { readonly address: string }[] };
  readonly code: number | null;
}

function visitOf(before: readonly string[], args: readonly string[], environment: NodeJS.ProcessEnv = {}): Visit {
  const { code, out, err } = node(before, [visit, program, ...args], environment);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as Visit;
}

const ordinary = root
  ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', '--bounding-set=-all']
  : [];
const devicesHere = (): string[] => readdirSync('/sys/bus/pci/devices').sort();
const urls = (text: string): string[] => text.match(/https?:\/\/\S+/g) ?? [];

/** This host is served behind the one line that says why no window opened. */
function expectServed({ printed, machine, code }: Visit, why: string): void {
  const [first, second, ...more] = printed.split('\n');
  expect([first, more]).toEqual([why, ['']]);
  expect(`${second ?? ''}\n`).toBe(terminalWords.serves(urls(printed)[0] ?? ''));
  expect(machine.functions.map(({ address }) => address)).toEqual(devicesHere());
  expect(code).toBe(0);
}

describe('npm start -- --no-open', () => {
  test('prints one line with one URL, which shows this very machine’s devices', () => {
    const { printed, page, machine, code } = visitOf([], ['open', '--no-open']);
    const [url = '', ...others] = urls(printed);
    expect([printed, others]).toEqual([terminalWords.serves(url), []]);
    expect(page).toContain('<title>Slotwise');
    expect(machine.source.kind).toBe('live');
    expect(machine.functions.map(({ address }) => address)).toEqual(devicesHere());
    expect(code).toBe(0);
  });

  test('is what npm start runs', () => {
    const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['start']).toBe('npm run --silent build && node out/main/slotwise.cjs open');
  });

  const isolated = ['unshare', '--map-root-user', '--net'];
  const canIsolate = spawnSync('unshare', [...isolated.slice(1), 'ip', 'link', 'set', 'lo', 'up']).status === 0;
  test.skipIf(!canIsolate)('works without a network (needs unshare and ip, and the right to use them)', () => {
    const alone = [...isolated, 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
    const { machine, code } = visitOf(alone, ['open', '--no-open']);
    expect(machine.functions.map(({ address }) => address)).toEqual(devicesHere());
    expect(code).toBe(0);
  });
});

describe('npm start: where no window opens, one line says why, and the page is served', () => {
  const display = { DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: '/nonexistent' };

  const becomeRoot = root ? [] : ['unshare', '--map-root-user'];
  const canBeRoot = root || spawnSync('unshare', ['--map-root-user', 'true']).status === 0;
  test.skipIf(!canBeRoot)('N6 as root, even with a display (needs root, or unshare --map-root-user)', () => {
    const binary = recorder('as-root', 0);
    const served = visitOf(becomeRoot, ['open'], { DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: binary.folder });
    expectServed(served, terminalWords.asRoot);
    expect(binary.record()).toBeNull();
  });

  test('without a display', () => {
    expectServed(visitOf(ordinary, ['open'], { DISPLAY: '' }), terminalWords.noDisplay);
  });

  test('without a binary, where its host cannot be reached', () => {
    // The discard port, of this very machine: nobody listens there.
    const served = visitOf(ordinary, ['open'], { ...display, ELECTRON_MIRROR: 'http://127.0.0.1:9/' });
    expectServed(served, terminalWords.unreachable('127.0.0.1'));
  });

  test('where the window’s program ends at once', () => {
    const binary = recorder('ends-at-once', 133);
    const served = visitOf(ordinary, ['open'], { ...display, ELECTRON_OVERRIDE_DIST_PATH: binary.folder });
    expectServed(served, terminalWords.windowEnded('code 133'));
  });
});

describe('npm start with a display and a binary', () => {
  test.each([
    ['this host', [], []],
    ['a source', ['--machine', 'sample:intel-desktop'], ['--machine=sample:intel-desktop']],
    ['a file', ['some report.slotwise.json'], ['--machine=some report.slotwise.json']],
  ])('runs it with the program’s folder and %s, prints nothing and ends as it ends', (_title, words, passed) => {
    const binary = recorder('window', 0);
    const ran = node(ordinary, [program, 'open', ...words], {
      WAYLAND_DISPLAY: 'wayland-0',
      ELECTRON_OVERRIDE_DIST_PATH: binary.folder,
    });
    expect(ran).toEqual({ code: 0, out: '', err: '' });
    expect(binary.record()).toEqual([folder, ...passed]);
  });
});

/** A program in Electron's place that writes down with which words it was started. */
function recorder(name: string, code: number): { folder: string; record(): string[] | null } {
  const place = join(folder, 'binary', name);
  const record = join(folder, 'state', `${name}.txt`);
  mkdirSync(place, { recursive: true });
  rmSync(record, { force: true });
  writeFileSync(join(place, 'electron'), `#!/bin/sh\nprintf '%s\\n' "$@" >'${record}'\nexit ${code}\n`);
  spawnSync('chmod', ['-R', 'a+rX,a+x', place]);
  return {
    folder: place,
    record: () => {
      try {
        return readFileSync(record, 'utf8').trimEnd().split('\n');
      } catch {
        return null;
      }
    },
  };
}
