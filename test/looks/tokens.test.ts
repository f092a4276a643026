import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contrast, hexOf, mixed, rgbOf, type Rgb } from './colour.ts';

const root = resolve(import.meta.dirname, '../..');
const css = readFileSync(resolve(root, 'renderer/look/tokens.css'), 'utf8');

const themes = ['light', 'dark'] as const;
type Theme = (typeof themes)[number];

/** Every `--name: light-dark(A, B);` of the sheet. */
const tokens = new Map(
  [...css.matchAll(/--([a-z0-9-]+):\s*light-dark\((hsl\([^)]*\)|#[0-9a-f]{6}),\s*(hsl\([^)]*\)|#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light: rgbOf(light), dark: rgbOf(dark) }] as const,
  ),
);

const colour = (name: string, theme: Theme): Rgb => {
  const pair = tokens.get(name);
  if (!pair) throw new Error(`no token --${name}`);
  return pair[theme];
};

const concepts = ['device', 'port', 'unit', 'memory', 'interrupt', 'fault'];
const inks = ['ink', 'ink-2', 'ink-3'];
const surfaces = ['canvas', 'well', 'raised', 'chip', 'pointed'];
const tints = concepts.map((concept) => `${concept}-tint`);

/** Which text stands on which ground anywhere in the program. */
const pairs: readonly (readonly [text: string, ground: string])[] = [
  ...inks.flatMap((ink) => surfaces.map((ground) => [ink, ground] as const)),
  ...inks.flatMap((ink) => tints.map((ground) => [ink, ground] as const)),
  ...concepts.flatMap((concept) => ['canvas', 'raised', 'well', `${concept}-tint`].map((g) => [concept, g] as const)),
  // A join label stands inside an unsafe region.
  ['port', 'fault-tint'],
  ['canvas', 'ink'],
  ['canvas', 'ink-2'],
  ...concepts.map((concept) => ['canvas', concept] as const),
];

describe.each(themes)('%s', (theme) => {
  test.each(pairs)('text in --%s on --%s meets WCAG AA', (text, ground) => {
    expect(contrast(colour(text, theme), colour(ground, theme))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(['mark', ...concepts])('--%s as a line or a mark stands out from every surface (WCAG 1.4.11)', (mark) => {
    for (const ground of ['canvas', 'raised', 'well']) {
      expect(contrast(colour(mark, theme), colour(ground, theme))).toBeGreaterThanOrEqual(3);
    }
  });

  test.each(concepts)('--%s-tint and its soft line are that concept in the canvas, mixed in oklab', (concept) => {
    const tint = mixed(colour(concept, theme), colour('canvas', theme), concept === 'fault' ? 0.06 : 0.085);
    const soft = mixed(colour(concept, theme), colour('canvas', theme), 0.4);
    expect(hexOf(colour(`${concept}-tint`, theme))).toBe(hexOf(tint));
    expect(hexOf(colour(`${concept}-soft`, theme))).toBe(hexOf(soft));
  });
});

test('no colour is written outside the tokens', () => {
  const own = /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|color-mix|light-dark)\(/i;
  expect(own.test('color: #fff')).toBe(true);
  const strange = [...styles('renderer')].filter(
    ([file, style]) => !file.endsWith('tokens.css') && !allowed.has(file) && own.test(style),
  );
  expect(strange.map(([file]) => file)).toEqual([]);
});

/** A code to scan is black on white in both themes. */
const allowed = new Set(['renderer/kit/QrCode.svelte']);

function* styles(folder: string): Generator<readonly [string, string]> {
  for (const entry of readdirSync(resolve(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* styles(path);
    else if (entry.name.endsWith('.css')) yield [path, readFileSync(resolve(root, path), 'utf8')];
    else if (entry.name.endsWith('.svelte')) {
      const style = /<style>([\s\S]*)<\/style>/.exec(readFileSync(resolve(root, path), 'utf8'))?.[1];
      if (style !== undefined) yield [path, style];
    }
  }
}
