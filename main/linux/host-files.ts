import { constants } from 'node:fs';
import { lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { realPath } from '../machine/files/real-path.ts';
import type { MemoryTree } from '../machine/memory-tree.ts';
import { sizeLimit } from './wanted.ts';

const errnoOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'EIO';

/** These say that there is nothing; every other errno says that something is there and could not be read. */
const absent: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ELOOP']);

export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** Reads single files, folders and links below a root folder into a tree; a thing that is absent or closed is no error. */
export class HostFiles {
  readonly #root: string;
  readonly #tree: MemoryTree;
  readonly #confined: string | null;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** `confined`: the real path that no link may lead out of, for folders that somebody else filled; null for the live host. */
  constructor(root: string, tree: MemoryTree, confined: string | null) {
    this.#root = root;
    this.#tree = tree;
    this.#confined = confined;
  }

  /** Reads a file into the tree, through links; longer ones than their kind has are left out as EFBIG. */
  async file(path: string): Promise<void> {
    await this.#turn(async () => {
      try {
        const bytes = await this.#read(await this.#inside(path), sizeLimit(path));
        if (bytes) this.#tree.addFile(path, bytes);
        else this.#tree.addTrouble(path, 'EFBIG');
      } catch (thrown) {
        const errno = errnoOf(thrown);
        if (!absent.has(errno)) this.#tree.addTrouble(path, errno);
      }
    });
  }

  /** The target of a link, entered into the tree; null when it is none. */
  async link(path: string): Promise<string | null> {
    return await this.#turn(async () => {
      try {
        const target = await readlink(join(this.#root, path));
        this.#tree.addLink(path, target);
        return target;
      } catch {
        return null;
      }
    });
  }

  /** The entries of a folder; empty when there is none. The folder itself is entered into the tree. */
  async folder(path: string): Promise<Entry[]> {
    return await this.#turn(async () => {
      try {
        const entries = await readdir(await this.#inside(path), { withFileTypes: true });
        this.#tree.addFolder(path);
        return entries.map((entry) => ({
          name: entry.name,
          kind: entry.isSymbolicLink() ? 'link' : entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other',
        }));
      } catch (thrown) {
        const errno = errnoOf(thrown);
        if (!absent.has(errno)) this.#tree.addTrouble(path, errno);
        return [];
      }
    });
  }

  /** Enters a name into the tree when something stands there. */
  async mark(path: string): Promise<void> {
    await this.#turn(async () => {
      try {
        await lstat(join(this.#root, path));
        this.#tree.addName(path);
      } catch (thrown) {
        // A folder that is closed to us (/boot/efi) hides whether the mark is there: nothing is entered.
        if (!absent.has(errnoOf(thrown))) return;
      }
    });
  }

  /** Follows a link (or stays at a folder) and gives the real path inside the tree. */
  async resolve(path: string): Promise<string> {
    await this.link(path);
    return realPath(this.#tree, path) ?? path;
  }

  async #inside(path: string): Promise<string> {
    const full = join(this.#root, path);
    if (this.#confined === null) return full;
    const real = await realpath(full);
    const within = this.#confined.endsWith(sep) ? this.#confined : this.#confined + sep;
    if (real === this.#confined || real.startsWith(within)) return real;
    throw Object.assign(new Error('leads out of the folder'), { code: 'EACCES' });
  }

  /** sysfs and procfs announce sizes that are not theirs, so that only reading to the end tells. Null past the limit. */
  async #read(full: string, limit: number): Promise<Uint8Array | null> {
    // O_NONBLOCK: a pipe in a folder that somebody sent must not hold us.
    const handle = await open(full, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      if (!(await handle.stat()).isFile()) throw Object.assign(new Error('no file'), { code: 'ENOENT' });
      const parts: Uint8Array[] = [];
      for (let total = 0; ;) {
        const part = new Uint8Array(total === 0 ? 4097 : 65536);
        const { bytesRead } = await handle.read(part, 0, part.length, null);
        if (bytesRead === 0) return concatenated(parts, total);
        total += bytesRead;
        if (total > limit) return null;
        parts.push(part.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  }

  /** At most 32 at once: enough to keep libuv's threads busy, few enough not to run out of file descriptors. */
  async #turn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= 32) await new Promise<void>((resume) => this.#waiting.push(resume));
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}

function concatenated(parts: readonly Uint8Array[], total: number): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only.slice();
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
