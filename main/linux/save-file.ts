import { link, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Needs } from '../assistant/needs.ts';

type Saved = Awaited<ReturnType<Needs['saveFile']>>;

/** `a.slotwise.json`, then `a-2.slotwise.json`: the number goes before everything that says what kind of file it is. */
const numbered = (name: string, count: number): string =>
  count === 1 ? name : name.replace(/^([^.]+)/, `$1-${count}`);

/**
 * Writes a file of its user alone into `folder`, under a name that is new. It is written beside, synced and then linked,
 * which fails where the name is taken: it is there whole or not at all, and nothing is ever overwritten.
 */
export async function saveFile(folder: string, name: string, content: string): Promise<Saved> {
  const beside = join(folder, `.new-${process.pid}-${Date.now()}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(content, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    for (let count = 1; count < 1_000; count += 1) {
      const file = join(folder, numbered(name, count));
      try {
        await link(beside, file);
        return { file };
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
      }
    }
    return { problem: 'folder-not-writable', where: folder };
  } catch {
    return { problem: 'folder-not-writable', where: folder };
  } finally {
    await rm(beside, { force: true }).catch(() => undefined);
  }
}
