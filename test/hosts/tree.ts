import { MemoryTree } from '../../main/machine/memory-tree.ts';
import { readCapture, type CapturedEntry } from './captures.ts';

/** A host's files that a test can add to. */
export type TestTree = MemoryTree;

/** A file's text or bytes, a link's target, or null for a file that is not there. */
export type TestFile = string | Uint8Array | { link: string } | { trouble: string } | { folder: true } | null;

export const link = (target: string): { link: string } => ({ link: target });
export const trouble = (errno: string): { trouble: string } => ({ trouble: errno });

const captured = new Map<string, ReadonlyMap<string, CapturedEntry>>();

/** A captured machine of the QEMU lab by name, as CLI.md names its files. */
export function captureTree(name: string): TestTree {
  return withFiles(new MemoryTree(), Object.fromEntries(captureEntries(name)));
}

/** The files of a capture, read once a test run. */
export function captureEntries(name: string): ReadonlyMap<string, CapturedEntry> {
  const known = captured.get(name) ?? readCapture(name);
  captured.set(name, known);
  return known;
}

/** Adds (or replaces) files of a tree and returns it: `withFiles(captureTree('vtd-rich-k61'), { 'proc/net/route': '…' })`. */
export function withFiles(tree: TestTree, files: Readonly<Record<string, TestFile | { bytes: Uint8Array }>>): TestTree {
  for (const [path, file] of Object.entries(files)) {
    if (file === null) tree.remove(path);
    else if (typeof file === 'string') tree.addFile(path, new TextEncoder().encode(file));
    else if (file instanceof Uint8Array) tree.addFile(path, file);
    else if ('bytes' in file) tree.addFile(path, file.bytes);
    else if ('link' in file) tree.addLink(path, file.link);
    else if ('trouble' in file) tree.addTrouble(path, file.trouble);
    else tree.addFolder(path);
  }
  return tree;
}

/** A tree of nothing but these files. */
export const treeOf = (files: Readonly<Record<string, TestFile>>): TestTree => withFiles(new MemoryTree(), files);
