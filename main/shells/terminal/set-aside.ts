import { readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Keeps a file that other content is about to replace, beside it as `undo-earlier.sh`, `undo-earlier-2.sh` … : an earlier
 * recipe in the same folder may have been applied, and its way back is the only one. The name that it got; null where
 * nothing stood there, or the same.
 */
export async function setAside(path: string, content: string): Promise<string | null> {
  const now = await readFile(path, 'utf8').catch(() => null);
  if (now === null || now === content) return null;
  const extension = extname(path);
  const stem = basename(path, extension);
  for (let count = 1; ; count += 1) {
    const kept = join(dirname(path), `${stem}-earlier${count === 1 ? '' : `-${count}`}${extension}`);
    if (await exists(kept)) continue;
    await rename(path, kept);
    return kept;
  }
}
