import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** What the app remembers, by name, as JSON files of its user alone. */
export interface Store {
  readonly folder: string;
  /** null where nothing is kept, or where what was kept cannot be understood: that file stays beside as `.bad` */
  load(name: string): Promise<unknown>;
  save(name: string, value: unknown): Promise<void>;
}

const namePattern = /^[a-z0-9][a-z0-9._-]{0,80}$/;
const sizeLimit = 32 << 20;

/** `$XDG_STATE_HOME/slotwise`; a relative value is to be ignored (XDG Base Directory Specification, Basics). */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const told = environment['XDG_STATE_HOME'];
  return join(told !== undefined && isAbsolute(told) ? told : join(homedir(), '.local', 'state'), 'slotwise');
}

export function openStore(folder: string = stateFolder()): Store {
  const fileOf = (name: string): string => {
    if (!namePattern.test(name) || name.includes('..')) throw new RangeError(`not a name to keep by: ${name}`);
    return join(folder, `${name}.json`);
  };
  return {
    folder,
    async load(name) {
      const file = fileOf(name);
      let bytes: Uint8Array;
      try {
        bytes = await readFile(file);
      } catch {
        return null;
      }
      try {
        if (bytes.length > sizeLimit) throw new RangeError('too large');
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
      } catch {
        // Kept, so that nothing of the person's work is thrown away by a bug of ours.
        await rename(file, `${file}.bad`).catch(() => undefined);
        return null;
      }
    },
    async save(name, value) {
      await writeWhole(folder, fileOf(name), `${JSON.stringify(value, null, 2)}\n`);
    },
  };
}

let writes = 0;

/** Written beside, synced, then renamed over: after a power cut there is the old file or the new one, never half of one. */
async function writeWhole(folder: string, file: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}-${++writes}.new`;
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (thrown) {
    await rm(beside, { force: true });
    throw thrown;
  }
  // The rename itself is durable only once the folder is synced.
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
