import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { MemoryTree } from '../machine/memory-tree.ts';
import { sourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import { gatherHost } from './gather.ts';
import { holdsMachine, missingMachine } from './machine-folder.ts';

const tops: ReadonlySet<string> = new Set(['sys', 'proc', 'etc', 'cmd']);

/** Reads a captured folder, or the one that stands alone around sys/, proc/, etc/, cmd/. Links that lead out of it are not followed. */
export async function readFolder(folder: string): Promise<MemoryTree | SourceProblem> {
  let root = await realpath(folder);
  const names = await readdir(root);
  if (!names.some((name) => tops.has(name))) {
    const around: string[] = [];
    for (const entry of await readdir(root, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const inner = await readdir(join(root, entry.name)).catch(() => []);
      if (inner.some((name) => tops.has(name))) around.push(entry.name);
    }
    const [only] = around;
    if (only === undefined) return missingMachine(folder);
    if (around.length > 1) {
      return sourceProblem('source-not-understood', folder, `several machines: ${around.slice(0, 3).join(', ')}`);
    }
    root = join(root, only);
  }
  const tree = await gatherHost(root, root);
  return holdsMachine(tree) ? tree : missingMachine(folder);
}
