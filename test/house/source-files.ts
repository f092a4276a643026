import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Every source file below a folder of the checkout, as paths from its top. */
export function sourceFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

export const readSource = (file: string): string => readFileSync(join(root, file), 'utf8');

export interface Import {
  /** a path from the top of the checkout, or the package's name */
  readonly target: string;
  readonly relative: boolean;
  readonly typeOnly: boolean;
}

const statement = /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:([^'"();]*?)\s+from\s+)?['"]([^'"]+)['"]/g;
const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** What a file imports. `import { type A }` alone counts as types, since nothing of it is left at run time. */
export function importsOf(file: string): Import[] {
  const code = readSource(file);
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean): void => {
    const isRelative = specifier.startsWith('.');
    const target = isRelative
      ? relative(root, resolve(root, dirname(file), specifier.replace(/\?.*$/, '')))
      : specifier;
    found.push({ target, relative: isRelative, typeOnly });
  };
  for (const [, , typed, names, specifier] of code.matchAll(statement)) {
    if (specifier === undefined) continue;
    const listed = /^\{([^}]*)\}$/.exec((names ?? '').trim())?.[1];
    const onlyTypes =
      listed !== undefined &&
      listed
        .split(',')
        .filter((name) => name.trim() !== '')
        .every((name) => name.trim().startsWith('type '));
    add(specifier, typed !== undefined || onlyTypes);
  }
  for (const [, specifier] of code.matchAll(dynamic)) if (specifier !== undefined) add(specifier, false);
  return found;
}
