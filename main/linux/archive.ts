import { createReadStream } from 'node:fs';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type ExtractEvents, type Header } from 'tar-stream';
import { MemoryTree } from '../machine/memory-tree.ts';
import { sourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import { archiveLimits } from './archive-limits.ts';
import { holdsMachine, missingMachine } from './machine-folder.ts';
import { unpackKernelConfig } from './kernel-config.ts';
import { isWanted, sizeLimit } from './wanted.ts';

/** tar-stream's own kind of stream, which is not Node's. */
type Body = ExtractEvents['entry'][1];

class LimitReached extends Error {}

/**
 * Reads a .tar or .tar.gz as a stream, keeping only what is wanted and only in memory: nothing is unpacked to disk, links
 * stay text, device nodes are passed over. A broken, cut or oversized archive ends in one problem.
 */
export async function readArchive(file: string, gzipped: boolean): Promise<MemoryTree | SourceProblem> {
  const source = createReadStream(file, { highWaterMark: 256 << 10 });
  return readArchiveStream(source, () => source.bytesRead, file, gzipped);
}

/** The same from any stream; `bytesRead` counts what it has given so far, `file` names it in a problem. */
export async function readArchiveStream(
  source: Readable,
  bytesRead: () => number,
  file: string,
  gzipped: boolean,
): Promise<MemoryTree | SourceProblem> {
  const trees = new Collected();
  const tar = extract();
  tar.on('entry', (header, body, next) => {
    try {
      trees.take(header, body, next);
    } catch (thrown) {
      next(thrown as Error);
    }
  });
  try {
    const meter = new Meter(bytesRead);
    if (gzipped) await pipeline(source, createGunzip({ chunkSize: 256 << 10 }), meter, tar as never);
    else await pipeline(source, meter, tar as never);
  } catch (thrown) {
    return problemOf(thrown, file, trees.count);
  }
  const tree = trees.theOne(file);
  if (tree instanceof MemoryTree) unpackKernelConfig(tree);
  return tree;
}

/** Counts what comes out against the limits, and notices an archive without the zero block that ends every one. */
class Meter extends Transform {
  readonly #packed: () => number;
  #total = 0;
  #tail: Uint8Array = new Uint8Array(0);

  constructor(packed: () => number) {
    super();
    this.#packed = packed;
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, chunk?: Buffer) => void): void {
    this.#total += chunk.length;
    this.#tail = chunk.length >= block ? chunk.subarray(-block) : Buffer.concat([this.#tail, chunk]).subarray(-block);
    const { unpacked, ratio, ratioFrom } = archiveLimits;
    if (this.#total > unpacked) done(new LimitReached(`more than ${unpacked >> 20} MiB unpacked`));
    else if (this.#total > ratioFrom && this.#total > ratio * this.#packed()) {
      done(new LimitReached(`unpacks to more than ${ratio} times its size`));
    } else done(null, chunk);
  }

  override _flush(done: (error?: Error | null) => void): void {
    const ended = this.#tail.every((byte) => byte === 0);
    done(ended ? null : new Error('unexpected end: no closing block'));
  }
}

const block = 512;

/** What zlib and tar-stream say when the bytes end too early. */
const cutShort = /unexpected end/i;

function problemOf(thrown: unknown, file: string, entries: number): SourceProblem {
  if (thrown instanceof LimitReached) return sourceProblem('source-too-large', file, thrown.message);
  const message = thrown instanceof Error ? thrown.message : '';
  if (cutShort.test(message)) return sourceProblem('source-truncated', file, `cut short after ${entries} entries`);
  const errno = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (errno === 'EACCES' || errno === 'EPERM') return sourceProblem('source-not-permitted', file, errno);
  if (errno.startsWith('E')) return sourceProblem('source-unreadable', file, errno);
  return sourceProblem('source-not-understood', file, `no tar archive after ${entries} entries`);
}

/** Entries by the folder that holds sys/, proc/, etc/, cmd/: the archive's top, or one folder around these. */
class Collected {
  readonly #trees = new Map<string, MemoryTree>();
  #kept = 0;
  count = 0;

  take(header: Header, body: Body, next: (error?: Error | null) => void): void {
    // The archive's own error reaches us by the pipeline; unheard here it would end the process.
    body.on('error', () => undefined);
    if (++this.count > archiveLimits.entries) throw new LimitReached(`more than ${archiveLimits.entries} entries`);
    if (header.size > archiveLimits.unpacked) throw new LimitReached(`an entry of ${header.size} bytes`);
    const place = placeOf(header.name);
    if (place === null) {
      skip(body, next);
      return;
    }
    const { prefix, path } = place;
    const tree = this.#trees.get(prefix) ?? new MemoryTree();
    this.#trees.set(prefix, tree);
    if (header.type === 'directory') tree.addFolder(path);
    else if (header.type === 'symlink') tree.addLink(path, header.linkname);
    else if (header.type === 'file' || header.type === 'contiguous-file' || header.type === 'link') {
      if (!isWanted(path)) tree.addName(path);
      else if (header.type === 'link') this.#sameAs(tree, path, header.linkname);
      else if (header.size > sizeLimit(path)) tree.addTrouble(path, 'EFBIG');
      else {
        this.#keep(header.size);
        collect(body, (bytes) => void tree.addFile(path, bytes), next);
        return;
      }
    }
    skip(body, next);
  }

  /** A hard link repeats a file that stands before it in the archive. */
  #sameAs(tree: MemoryTree, path: string, target: string): void {
    const bytes = tree.bytes(placeOf(target)?.path ?? '');
    if (bytes) tree.addFile(path, bytes);
  }

  #keep(size: number): void {
    this.#kept += size;
    if (this.#kept > archiveLimits.kept) throw new LimitReached(`more than ${archiveLimits.kept >> 20} MiB to keep`);
  }

  theOne(file: string): MemoryTree | SourceProblem {
    const machines = [...this.#trees].filter(([, tree]) => holdsMachine(tree));
    const [first] = machines;
    if (!first) return missingMachine(file);
    if (machines.length === 1) return first[1];
    const names = machines.map(([prefix]) => prefix || '.').slice(0, 3);
    return sourceProblem('source-not-understood', file, `several machines: ${names.join(', ')}`);
  }
}

const tops: ReadonlySet<string> = new Set(['sys', 'proc', 'etc', 'cmd', 'boot', 'efi', 'run', 'usr', 'lib']);

/** Where an entry belongs; null for what stands elsewhere or climbs out by `..`. */
export function placeOf(name: string): { prefix: string; path: string } | null {
  const steps = name.split('/').filter((step) => step !== '' && step !== '.');
  if (steps.includes('..') || steps.length > 64) return null;
  const [first = '', second = ''] = steps;
  if (tops.has(first)) return { prefix: '', path: steps.join('/') };
  return tops.has(second) ? { prefix: first, path: steps.slice(1).join('/') } : null;
}

function skip(body: Body, next: (error?: Error | null) => void): void {
  body.on('end', () => next());
  body.resume();
}

function collect(body: Body, done: (bytes: Uint8Array) => void, next: (error?: Error | null) => void): void {
  const parts: Uint8Array[] = [];
  body.on('data', (part) => parts.push(part as Uint8Array));
  body.on('end', () => {
    // A copy: the parts are views into the stream's large chunks, which must not stay alive for a 7-byte file.
    done(Uint8Array.from(Buffer.concat(parts)));
    next();
  });
}
