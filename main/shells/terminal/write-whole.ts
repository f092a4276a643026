import { open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { refuse, type Problem } from '../../contract/problem.ts';

/** Writes a file whole or not at all: beside its place, flushed, then renamed over it. Null when it stands. */
export async function writeWhole(path: string, content: string, mode = 0o644): Promise<Problem | null> {
  const beside = join(dirname(path), `.slotwise-${process.pid}-${Date.now()}`);
  try {
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    return null;
  } catch (thrown) {
    await unlink(beside).catch(() => undefined);
    return refuse('folder-not-writable', path, (thrown as NodeJS.ErrnoException).code ?? 'unknown').problem;
  }
}
