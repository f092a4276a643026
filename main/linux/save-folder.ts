import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { FileToSave, Needs } from '../assistant/needs.ts';

type Saved = Awaited<ReturnType<Needs['saveFolder']>>;

/** Letters that every file system takes; a VM's name may hold anything else. */
const plain = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 64) || 'vm';

async function writeAll(folder: string, files: readonly FileToSave[]): Promise<void> {
  for (const { file, mode, content } of files) {
    const path = join(folder, file);
    if (!path.startsWith(folder + sep)) throw new RangeError(`outside the folder: ${file}`);
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    const handle = await open(path, 'wx', parseInt(mode, 8));
    try {
      await handle.writeFile(content, 'utf8');
      await handle.chmod(parseInt(mode, 8));
    } finally {
      await handle.close();
    }
  }
}

/**
 * Writes a recipe below `base` into a folder that is new: `win11`, else `win11-2`, `win11-3` … It is written beside and
 * renamed, so it is there whole or not at all, and nothing is ever overwritten.
 */
export async function saveFolder(base: string, name: string, files: readonly FileToSave[]): Promise<Saved> {
  let beside: string | null = null;
  try {
    await mkdir(base, { recursive: true, mode: 0o755 });
    beside = await mkdtemp(join(base, '.new-'));
    const inside = join(beside, 'recipe');
    await mkdir(inside, { mode: 0o755 });
    await writeAll(inside, files);
    for (let count = 1; count < 1_000; count += 1) {
      const folder = join(base, count === 1 ? plain(name) : `${plain(name)}-${count}`);
      try {
        // Renaming a folder onto one that exists fails unless that one is empty; mkdir claims the name first.
        await mkdir(folder);
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') continue;
        throw thrown;
      }
      await rename(inside, folder);
      return { folder };
    }
    return { problem: 'folder-not-writable', where: base };
  } catch {
    return { problem: 'folder-not-writable', where: base };
  } finally {
    if (beside !== null) await rm(beside, { recursive: true, force: true }).catch(() => undefined);
  }
}
