import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import packageFile from '../../package.json' with { type: 'json' };
import { categories } from './dependencies.ts';
import { layers, places, topLevel, type Layer } from './layers.ts';
import { importsOf, root, sourceFiles, type Import } from './source-files.ts';

const files = [...sourceFiles('main'), ...sourceFiles('renderer')];

/** The layer a path belongs to: the longest listed folder above it; a renderer's place is `renderer/places`. */
function layerOf(path: string): string | null {
  if (path === 'package.json') return 'package';
  if (path.startsWith('resources/')) return 'resources';
  const place = /^renderer\/([a-z-]+)\//.exec(path)?.[1];
  if (place !== undefined && places.includes(place)) return 'renderer/places';
  const above = Object.keys(layers).filter((folder) => path.startsWith(`${folder}/`));
  return above.sort((a, b) => b.length - a.length)[0] ?? null;
}

const placeOf = (path: string): string | undefined => /^renderer\/([a-z-]+)\//.exec(path)?.[1];
const without = (path: string): string => path.replace(/\.(svelte\.)?ts$/, '');

function allows(layer: Layer, from: string, own: string, imported: Import): boolean {
  const theirs = layerOf(imported.target);
  if (theirs === own) return own !== 'renderer/places' || placeOf(from) === placeOf(imported.target);
  const exact = without(imported.target);
  if (layer.may.includes(exact)) return true;
  if (theirs === null) return false;
  return layer.may.includes(theirs) || (imported.typeOnly && (layer.types ?? []).includes(theirs));
}

function categoryOf(name: string): string {
  if (name.startsWith('node:')) return 'builtin';
  const parts = name.split('/');
  const packageName = name.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
  return (categories as Record<string, string>)[packageName] ?? `unlisted (${packageName})`;
}

describe('who may import whom', () => {
  test.each(files)('%s', (file) => {
    const own = layerOf(file);
    // The renderer's entry stands beside its folders.
    if (/^renderer\/[a-z-]+\.ts$/.test(file)) return;
    expect(own, `${file} stands in no folder of the table in test/house/layers.ts`).not.toBeNull();
    const layer = layers[own ?? ''];
    if (layer === undefined || own === null) return;
    const wrong = importsOf(file).flatMap((imported) => {
      if (imported.relative) {
        return allows(layer, file, own, imported)
          ? []
          : [
              `${file} (${own}) may not use ${imported.target} (${layerOf(imported.target) ?? 'outside'}): move what it needs down into ${layer.may.join(' or ') || own}, or hand it in`,
            ];
      }
      const category = categoryOf(imported.target);
      // Types of a package vanish at run time, but still tie the folder to it.
      return (layer.packages as readonly string[]).includes(category)
        ? []
        : [`${file} may not use ${imported.target}: it is ${category}`];
    });
    expect(wrong).toEqual([]);
  });
});

test('every dependency has a category, and every category a dependency', () => {
  const named = [
    ...Object.keys(packageFile.devDependencies),
    ...Object.keys((packageFile as { dependencies?: object }).dependencies ?? {}),
  ];
  expect(named.sort()).toEqual(Object.keys(categories).sort());
});

test('versions are exact', () => {
  const loose = Object.entries(packageFile.devDependencies).filter(
    ([, version]) => !/^(npm:typescript@)?\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});

test('the top level holds what it may and nothing else', () => {
  const made = ['node_modules', 'out', 'dist', 'coverage'];
  const found = readdirSync(root).filter(
    (name) => !name.startsWith('.') && !made.includes(name) && !/^electron\.config\.ts\.\d+\.mjs$/.test(name),
  );
  expect(found.filter((name) => !topLevel.includes(name))).toEqual([]);
  expect(topLevel.filter((name) => !found.includes(name))).toEqual([]);
});

test('no file imports itself by a detour', () => {
  const graph = new Map(
    files.map((file) => [
      file,
      importsOf(file)
        .filter(({ relative, typeOnly }) => relative && !typeOnly)
        .map(({ target }) => target),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});
