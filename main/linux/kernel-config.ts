import { gunzipSync } from 'node:zlib';
import type { MemoryTree } from '../machine/memory-tree.ts';

const packed = 'proc/config.gz';
/** Unpacked configurations have 300 KB; more is no configuration. */
const mostBytes = 4 << 20;

/** Puts the running kernel's configuration beside its packed form as `proc/config`, where the pure reader looks for it. */
export function unpackKernelConfig(tree: MemoryTree): void {
  const bytes = tree.bytes(packed);
  if (!bytes) return;
  try {
    tree.addFile('proc/config', gunzipSync(bytes, { maxOutputLength: mostBytes }));
  } catch {
    tree.addTrouble(packed, 'EIO');
  }
}
