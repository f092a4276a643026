/**
 * Who may import whom: the left column may use the right one, never the reverse. A folder that is not listed may not
 * exist. `types` are imports that vanish (`import type`), which is all that the wire and the words need.
 */
export interface Layer {
  readonly may: readonly string[];
  /** folders of which types alone may be used */
  readonly types?: readonly string[];
  /** categories of npm packages (test/house/dependencies.ts) and of `node:` */
  readonly packages: readonly ('pure' | 'node' | 'dom' | 'electron' | 'builtin')[];
}

/** Pure read models that a place of the renderer may run, not only name. */
const readModels = [
  'main/remapping/trace',
  'main/remapping/trace-codes',
  'main/remapping/trace-compare',
  'main/machine/address',
  'main/machine/fact',
  'main/machine/device-name',
  'main/machine/grouping/movable',
  'main/machine/report/report-text',
  'main/recipes/shell-word',
];
const pure = ['main/machine', 'main/remapping', 'main/passthrough', 'main/recipes', 'main/journey'];

/** What a place may name as a type. */
const wire = [...pure, 'main/contract'];

export const layers: Readonly<Record<string, Layer>> = {
  'main/machine': { may: [], packages: ['pure'] },
  'main/remapping': { may: ['main/machine'], packages: ['pure'] },
  'main/passthrough': { may: ['main/machine', 'main/remapping'], packages: ['pure'] },
  'main/recipes': { may: ['main/machine', 'main/passthrough', 'main/words'], packages: ['pure'] },
  'main/journey': { may: ['main/machine', 'main/passthrough', 'main/recipes', 'resources'], packages: ['pure'] },
  // Shapes are values: the wire parses with the same objects that name the types (docs/decisions/0003).
  'main/contract': { may: pure, packages: ['pure'] },
  'main/words': { may: ['main/machine'], types: [...pure, 'main/contract'], packages: ['pure'] },
  'main/assistant': { may: [...pure, 'main/contract', 'main/words'], packages: ['pure'] },
  'main/linux': { may: ['main/machine'], types: ['main/assistant'], packages: ['pure', 'node', 'builtin'] },
  'main/windows': { may: ['main/machine'], packages: ['builtin'] },
  'main/shells': { may: [], packages: ['builtin'] },
  'main/shells/desktop': {
    may: ['main/assistant', 'main/contract', 'main/words', 'main/linux', 'main/shells', 'package'],
    packages: ['builtin', 'electron'],
  },
  // What runs in the engine's thread: the order's types and who carries it out.
  'main/shells/engine': { may: ['main/assistant'], packages: ['builtin'] },
  'main/shells/served': {
    may: ['main/assistant', 'main/contract', 'main/words', 'main/linux', 'main/shells'],
    packages: ['builtin'],
  },
  // The terminal reads and prints plans and recipes by itself, and starts the served shell.
  'main/shells/terminal': {
    may: [
      ...pure,
      'main/assistant',
      'main/contract',
      'main/words',
      'main/linux',
      'main/windows',
      'main/shells',
      'main/shells/served',
      'package',
    ],
    packages: ['pure', 'builtin'],
  },
  'renderer/look': { may: [], packages: ['dom'] },
  'renderer/kit': { may: ['renderer/look', 'main/words'], types: pure, packages: ['dom', 'pure'] },
  'renderer/link': { may: ['main/contract'], types: [...pure], packages: ['pure'] },
  'renderer/app': {
    may: ['renderer/link', 'renderer/kit', 'renderer/look', 'renderer/places', 'main/words', ...readModels],
    types: wire,
    packages: ['dom', 'pure'],
  },
  'renderer/places': {
    may: ['renderer/link', 'renderer/kit', 'renderer/look', 'renderer/app', 'main/words', ...readModels],
    types: wire,
    packages: ['dom', 'pure'],
  },
};

/** Folders of the renderer that are places to go; none imports another. */
export const places = [
  'overview',
  'machine',
  'groups',
  'findings',
  'assignment',
  'recipes',
  'journey',
  'simulator',
  'doctor',
  'reports',
  'preferences',
];

/** Top level of the checkout, and nothing else but dot files. */
export const topLevel = [
  'package.json',
  'package-lock.json',
  'electron.config.ts',
  'main',
  'renderer',
  'resources',
  'test',
  'README.md',
  'LICENSE',
  'docs',
  'tsconfig.json',
  'eslint.config.js',
];
