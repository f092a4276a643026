import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout } from '../stories/electron.ts';
import support from './electron-support.json' with { type: 'json' };

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(checkout, file), 'utf8'));
const description = read('package.json') as {
  devDependencies: Record<string, string>;
  dependencies?: Record<string, string>;
  allowScripts: Record<string, boolean>;
};
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const locked = Object.entries(packages).filter(([path]) => path !== '');

/** Licences that a program under MIT may be built with; what is bundled into it is of the first line. */
const licences =
  /^(?:MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|OFL-1\.1|\(?(?:MIT|WTFPL|ISC|CC0-1\.0)(?: OR (?:MIT|WTFPL|ISC|CC0-1\.0))\)?)$|^(?:MPL-2\.0|BlueOak-1\.0\.0|Python-2\.0|CC-BY-4\.0|WTFPL)$/;
/** MIT by its LICENSE file, not by its package.json. */
const unnamed = ['node_modules/svelte-toolbelt'];

test('16 The Electron that ships is of a major that gets repairs', () => {
  expect(support.supported).toContain(Number(description.devDependencies['electron']?.split('.')[0]));
});

test('Q6 Every package is named by one version, and everything is bundled', () => {
  const loose = Object.entries(description.devDependencies).filter(
    ([, version]) => !/^(?:npm:[a-z]+@)?\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
  expect(description.dependencies).toBeUndefined();
});

test('Q6 Every locked package has the hash of its content, and comes from a registry', () => {
  expect(locked.length).toBeGreaterThan(300);
  expect(
    locked.filter(([, { integrity }]) => !/^sha512-\S{86}==$/.test(integrity ?? '')).map(([path]) => path),
  ).toEqual([]);
  expect(locked.filter(([, { version }]) => !/^\d+\.\d+\.\d+/.test(version ?? '')).map(([path]) => path)).toEqual([]);
  expect(
    locked.filter(([, { resolved }]) => /^(?:git|file|github)/.test(resolved ?? '')).map(([path]) => path),
  ).toEqual([]);
});

test('Q6 No package runs a script when it is installed', () => {
  const scripted = locked
    .filter(([, one]) => one.hasInstallScript === true)
    .map(([path]) => path.split('node_modules/').pop());
  expect(scripted.filter((name) => description.allowScripts[name ?? ''] !== false)).toEqual([]);
});

test('Q6 Every licence is one that this program may be built with', () => {
  const odd = locked.filter(([path, { license }]) => !licences.test(license ?? '') && !unnamed.includes(path));
  expect(odd.map(([path, { license }]) => `${path}: ${license ?? 'none'}`)).toEqual([]);
});
