import type { HostTree } from '../host-tree.ts';
import { measured, unknown, type Fact, type Need } from '../fact.ts';
import { realPath } from './real-path.ts';
import { decodeUtf8 } from './utf8.ts';

/** A file's bytes, through links (`/etc/os-release` is one). */
export function bytesOf(tree: HostTree, path: string): Uint8Array | null {
  const there = tree.bytes(path);
  if (there) return there;
  const real = realPath(tree, path);
  return real === null ? null : tree.bytes(real);
}

/** A file's text up to its first NUL (tar fills what a sysfs file lacks of its announced 4096 bytes with NULs); null when it could not be read. */
export function textOf(tree: HostTree, path: string): string | null {
  const bytes = bytesOf(tree, path);
  if (!bytes) return null;
  const end = bytes.indexOf(0);
  return decodeUtf8(end < 0 ? bytes : bytes.subarray(0, end));
}

/** The text without white space around it; null when it could not be read or is empty. */
export function wordOf(tree: HostTree, path: string): string | null {
  const text = textOf(tree, path)?.trim();
  return text === undefined || text === '' ? null : text;
}

export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** A whole number in a file, decimal or `0x…`; null when there is none. */
export function numberOf(tree: HostTree, path: string): number | null {
  const word = wordOf(tree, path);
  if (word === null || !/^(?:-?\d{1,15}|0x[0-9a-f]{1,13})$/i.test(word)) return null;
  return Number(word);
}

/** A 16- or 24-bit hexadecimal number with or without `0x`: `sriov_vf_device` has none. */
export function hexOf(tree: HostTree, path: string): number | null {
  const match = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(wordOf(tree, path) ?? '');
  return match ? parseInt(match[1] ?? '', 16) : null;
}

/** What it takes to read a path that was not read: another source where it is absent, root where it is closed. */
export function needOf(tree: HostTree, path: string): Need {
  const trouble = tree.trouble(path);
  if (trouble === null) return 'fuller-source';
  return trouble === 'EACCES' || trouble === 'EPERM' ? 'root' : 'readable-file';
}

/** The trimmed text of a file as a fact. */
export function wordFact(tree: HostTree, path: string): Fact<string> {
  const word = wordOf(tree, path);
  return word === null ? unknown(needOf(tree, path), `/${path}`) : measured(word, `/${path}`);
}

/** Whether a path is in the source, readable or not, empty or not. */
export function exists(tree: HostTree, path: string): boolean {
  const slash = path.lastIndexOf('/');
  return tree.list(slash < 0 ? '' : path.slice(0, slash)).includes(path.slice(slash + 1));
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
