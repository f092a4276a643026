import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Files of a recipe are small; what is larger is none of ours any more. */
const largest = 4_000_000;

async function textAt(path: string): Promise<string | null> {
  try {
    // A pipe that somebody put there must not keep us waiting.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      return found.isFile() && found.size <= largest ? await handle.readFile('utf8') : null;
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}

/** What stands in files of a folder that was saved; null for each that is gone, cannot be read, or would lie outside. */
export const readSaved = (folder: string, files: readonly string[]): Promise<(string | null)[]> =>
  Promise.all(
    files.map((file) => {
      const path = join(folder, file);
      return path.startsWith(folder + sep) ? textAt(path) : Promise.resolve(null);
    }),
  );
