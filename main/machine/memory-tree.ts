import type { HostTree } from './host-tree.ts';

/** A host's files in memory, filled by whoever reads them: the live host, a folder, an archive, a test. */
export class MemoryTree implements HostTree {
  readonly #files = new Map<string, Uint8Array>();
  readonly #links = new Map<string, string>();
  readonly #troubles = new Map<string, string>();
  readonly #names = new Map<string, Set<string>>();

  /** A folder, which may stay empty. */
  addFolder(path: string): this {
    this.#enter(path);
    if (!this.#names.has(path)) this.#names.set(path, new Set());
    return this;
  }

  /** A file or folder that is there, not looked into. */
  addName(path: string): this {
    this.#enter(path);
    return this;
  }

  addFile(path: string, bytes: Uint8Array): this {
    this.#enter(path);
    this.#files.set(path, bytes);
    return this;
  }

  addLink(path: string, target: string): this {
    this.#enter(path);
    this.#links.set(path, target);
    return this;
  }

  /** A file that is there and could not be read; `code` is an errno name. */
  addTrouble(path: string, code: string): this {
    this.#enter(path);
    this.#troubles.set(path, code);
    return this;
  }

  /** Takes a file, link or folder out, with all below it. */
  remove(path: string): this {
    const within = (each: string): boolean => each === path || each.startsWith(`${path}/`);
    for (const entries of [this.#files, this.#links, this.#troubles, this.#names]) {
      for (const each of [...entries.keys()]) if (within(each)) entries.delete(each);
    }
    const slash = path.lastIndexOf('/');
    this.#names.get(slash < 0 ? '' : path.slice(0, slash))?.delete(path.slice(slash + 1));
    return this;
  }

  bytes(path: string): Uint8Array | null {
    return this.#files.get(path) ?? null;
  }

  list(path: string): readonly string[] {
    return [...(this.#names.get(path) ?? [])].sort();
  }

  link(path: string): string | null {
    return this.#links.get(path) ?? null;
  }

  trouble(path: string): string | null {
    return this.#troubles.get(path) ?? null;
  }

  /** Lists `path` in its folder, and that one in its own, up to the root. */
  #enter(path: string): void {
    for (let rest = path; rest !== '';) {
      const slash = rest.lastIndexOf('/');
      const folder = slash < 0 ? '' : rest.slice(0, slash);
      const name = rest.slice(slash + 1);
      const names = this.#names.get(folder);
      if (names?.has(name)) return;
      if (names) names.add(name);
      else this.#names.set(folder, new Set([name]));
      rest = folder;
    }
  }
}
