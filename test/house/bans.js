// Raw effects, and API newer than the oldest runtime that runs the desktop (Electron 22: Node 16.17, Chromium 108), banned
// where they do not belong. Each message names the place that wraps the effect. Read by eslint.config.js;
// test/house/bans.test.ts proves that each ban bites.
const effects = [
  {
    names: ['electron'],
    message: 'Electron belongs to main/shells/desktop only; plain Node must never load it.',
    except: ['main/shells/desktop/**', 'test/**', 'renderer/**'],
  },
  {
    names: ['node:fs', 'node:fs/promises', 'fs'],
    message: 'Read the host through assistant/needs.ts; files are opened in main/linux, main/windows and the shells.',
    except: ['main/linux/**', 'main/windows/**', 'main/shells/**', 'test/**', '*.ts'],
  },
  {
    names: ['node:child_process', 'child_process'],
    message:
      'No program is started but Electron itself, by main/shells/terminal/open.ts and electron-binary.ts, and ssh by main/linux/remote.ts.',
    except: [
      'main/shells/terminal/open.ts',
      'main/shells/terminal/electron-binary.ts',
      'main/linux/remote.ts',
      'test/**',
    ],
  },
  {
    names: ['node:worker_threads', 'worker_threads'],
    message:
      'The engine’s thread is started by main/linux/engine-thread.ts and is main/shells/engine; there is no other.',
    except: ['main/linux/engine-thread.ts', 'main/shells/engine/**', 'test/**'],
  },
  {
    names: ['node:http', 'node:https', 'node:net', 'node:dgram', 'node:http2', 'node:tls'],
    message:
      'The network is main/shells/served (loopback) and the installer check in electron-binary.ts, nothing else.',
    except: ['main/shells/served/**', 'main/shells/terminal/electron-binary.ts', 'test/**'],
  },
];

const syntax = [
  {
    selector: "MemberExpression[object.name='shell'][property.name='openExternal']",
    message: 'No link is opened outside: the program makes no network request.',
  },
  {
    selector: "CallExpression[callee.property.name='innerHTML'], AssignmentExpression[left.property.name='innerHTML']",
    message: 'Text of a machine is only ever text.',
  },
];

/** Node API after 16.17 (nodejs.org changelogs), named with its first version. */
const newerNode = [
  { name: 'fetch', message: 'Node 18. The program makes no network request; the page has its own fetch.' },
  { name: 'structuredClone', message: 'Node 17. Build the value anew.' },
];
const newerNodeMembers = [
  { object: 'AbortSignal', property: 'any', message: 'Node 20.3.' },
  { object: 'AbortSignal', property: 'timeout', message: 'Node 17.3.' },
  { object: 'Array', property: 'fromAsync', message: 'Node 22.' },
  { object: 'Promise', property: 'withResolvers', message: 'Node 22.' },
  { object: 'Object', property: 'groupBy', message: 'Node 21.' },
  { object: 'Map', property: 'groupBy', message: 'Node 21.' },
  { object: 'process', property: 'getBuiltinModule', message: 'Node 20.16.' },
];
const newerNodeImports = [
  { name: 'node:test', message: 'Node 18.' },
  { name: 'node:sqlite', message: 'Node 22.' },
  {
    name: 'node:util',
    importNames: ['parseArgs', 'parseEnv', 'styleText'],
    message: 'Node 18.3: only in shells/served and shells/terminal.',
  },
];

const everywhere = ['main/**/*.ts', 'renderer/**/*.ts', 'renderer/**/*.svelte', 'test/**/*.ts'];
const oldRuntime = ['main/**/*.ts'];
const newRuntime = ['main/shells/served/**', 'main/shells/terminal/**'];

const importRule = (paths) => ['error', { paths }];
const pathsFor = (list) => list.flatMap(({ names, message }) => names.map((name) => ({ name, message })));

// A later block replaces an earlier one's rule for the same files, so each block holds all bans of its files.
const folders = [
  { files: everywhere, ignores: ['main/**'], allowed: () => true },
  { files: oldRuntime, ignores: ['main/linux/**', 'main/windows/**', 'main/shells/**'] },
  { files: ['main/linux/**/*.ts', 'main/windows/**/*.ts'], open: ['node:fs'] },
  { files: ['main/linux/remote.ts'], open: ['node:fs', 'node:child_process'] },
  { files: ['main/linux/engine-thread.ts'], open: ['node:fs', 'node:worker_threads'] },
  { files: ['main/shells/engine/**/*.ts'], open: ['node:worker_threads'] },
  { files: ['main/shells/*.ts'], open: ['node:fs'] },
  { files: ['main/shells/desktop/**/*.ts'], open: ['node:fs', 'electron'] },
  { files: ['main/shells/served/**/*.ts'], open: ['node:fs', 'node:http'], newer: true },
  { files: ['main/shells/terminal/**/*.ts'], open: ['node:fs'], newer: true },
  {
    files: ['main/shells/terminal/open.ts', 'main/shells/terminal/electron-binary.ts'],
    open: ['node:fs', 'node:child_process', 'node:http'],
    newer: true,
  },
];

export const bans = [
  { files: everywhere, rules: { 'no-restricted-syntax': ['error', ...syntax] } },
  {
    files: oldRuntime,
    ignores: newRuntime,
    rules: {
      'no-restricted-globals': ['error', ...newerNode],
      'no-restricted-properties': ['error', ...newerNodeMembers],
    },
  },
  ...folders
    .filter(({ allowed }) => allowed === undefined)
    .map(({ files, ignores = [], open = [], newer = false }) => ({
      files,
      ignores,
      rules: {
        'no-restricted-imports': importRule([
          ...pathsFor(effects.filter(({ names }) => !names.some((name) => open.includes(name)))),
          ...(newer ? [] : newerNodeImports),
        ]),
      },
    })),
];
