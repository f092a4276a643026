import { readFile, stat } from 'node:fs/promises';
import type { Problem } from '../../contract/problem.ts';

const codes: Readonly<Record<string, Problem['code']>> = { ENOENT: 'source-missing', EACCES: 'source-not-permitted' };

/** The bytes of a file that a person named, if it has at most `largest`. */
export async function readBytes(path: string, largest: number): Promise<Uint8Array | Problem> {
  try {
    if ((await stat(path)).size > largest) return { code: 'source-too-large', subject: path };
    return await readFile(path);
  } catch (thrown) {
    const { code = '' } = thrown as NodeJS.ErrnoException;
    return { code: codes[code] ?? 'source-unreadable', subject: path };
  }
}
