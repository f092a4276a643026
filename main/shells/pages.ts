import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Page {
  readonly type: string;
  readonly body: Buffer;
}

/** Every kind of file that the renderer's build makes; another kind fails the start, in a test rather than at a user's. */
const types = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
} as const satisfies Record<string, string>;

const typeOf = (name: string): string => {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  if (!(extension in types)) throw new Error(`no media type for ${name}`);
  return types[extension as keyof typeof types];
};

/**
 * The built pages by their URL path, `/` being index.html. A request is looked up here and nowhere else, so no spelling
 * of a path reaches another file.
 */
export function loadPages(folder: string): ReadonlyMap<string, Page> {
  const pages = new Map<string, Page>();
  const visit = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = `${below}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) pages.set(path, { type: typeOf(entry.name), body: readFileSync(join(folder, path)) });
    }
  };
  visit('');
  const index = pages.get('/index.html');
  if (index !== undefined) pages.set('/', index);
  return pages;
}
