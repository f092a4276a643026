import { open, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { SourceContent } from '../assistant/needs.ts';
import type { MachineSource } from '../machine/machine.ts';
import { isSourceProblem, sourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import { archiveLimits } from './archive-limits.ts';
import { applyNotes } from './collector-notes.ts';
import { decodeText, wideEncoding } from './decode-text.ts';
import { readFolder } from './folder.ts';

/** A machine's `lspci -xxxx` with its log has 2 MB, a report 4 MB. */
const textLimit = 32 << 20;

/** Decides by its first bytes what a path holds, and reads it within the limits of its kind. */
export async function openPath(path: string, now: string): Promise<SourceContent | SourceProblem> {
  const from = (kind: MachineSource['kind']): MachineSource => ({
    kind,
    name: basename(path),
    readAt: now,
    collectedAt: null,
    origin: null,
    partlyStaged: false,
  });
  try {
    const about = await stat(path);
    if (about.isDirectory()) return filesOr(await readFolder(path), from('folder'));
    if (!about.isFile()) return sourceProblem('source-not-understood', path, 'neither a file nor a folder');
    if (about.size === 0) return sourceProblem('source-not-understood', path, 'an empty file');
    const kind = kindOf(await firstBytes(path), path);
    if (isSourceProblem(kind)) return kind;
    const limit = kind.archive ? archiveLimits.packed : textLimit;
    if (about.size > limit) {
      return sourceProblem(
        'source-too-large',
        path,
        `${megabytes(about.size)} MB; at most ${megabytes(limit)} MB are read`,
      );
    }
    if (kind.archive) {
      // Loaded for archives only: a scan of this host or of a text must not pay for it.
      const { readArchive } = await import('./archive.ts');
      return filesOr(await readArchive(path, kind.gzipped), from('archive'));
    }
    return contentOf(await readFile(path), path, from);
  } catch (thrown) {
    return problemOfErrno(thrown, path);
  }
}

/** The text or JSON document of a file. */
function contentOf(
  bytes: Uint8Array,
  where: string,
  from: (kind: MachineSource['kind']) => MachineSource,
): SourceContent | SourceProblem {
  const text = textOrOffset(bytes);
  if (typeof text === 'number') {
    return sourceProblem('source-not-understood', `${where}, offset ${text}`, 'binary, where text was expected');
  }
  if (!/^\s*[{[]/.test(text) && !where.endsWith('.json')) return { kind: 'text', text, from: from('lspci-text') };
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown, from: from('report') };
  } catch (thrown) {
    // A pasted kernel log may begin with `[    0.000000]`: only a name that promises JSON is held to it.
    if (!where.endsWith('.json') && /^\s*\[/.test(text)) return { kind: 'text', text, from: from('lspci-text') };
    return sourceProblem('source-not-understood', jsonPlace(thrown, text, where), 'no JSON document');
  }
}

export function filesOr(
  tree: Awaited<ReturnType<typeof readFolder>>,
  from: MachineSource,
): SourceContent | SourceProblem {
  if (isSourceProblem(tree)) return tree;
  const noted = applyNotes(tree, from);
  return isSourceProblem(noted) ? noted : { kind: 'files', tree, from: noted };
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0);

async function firstBytes(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const bytes = new Uint8Array(512);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Archives that people send and that we do not open, by their first bytes. */
const others = [
  { name: 'a zip archive', magic: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'an xz archive', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { name: 'a zstd archive', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'a bzip2 archive', magic: [0x42, 0x5a, 0x68] },
  { name: 'a 7z archive', magic: [0x37, 0x7a, 0xbc, 0xaf] },
] as const;

type Kind = { archive: true; gzipped: boolean } | { archive: false };

function kindOf(first: Uint8Array, path: string): Kind | SourceProblem {
  if (first[0] === 0x1f && first[1] === 0x8b) return { archive: true, gzipped: true };
  // POSIX tar says `ustar` at 257 (GNU tar too, with blanks after it).
  if (Buffer.from(first.subarray(257, 262)).toString('latin1') === 'ustar') return { archive: true, gzipped: false };
  const other = others.find(({ magic }) => magic.every((byte, at) => first[at] === byte));
  if (other) return sourceProblem('source-not-understood', path, `${other.name}; .tar.gz or .tar is read`);
  return { archive: false };
}

/** The control bytes of text: tab, line feed, form feed, carriage return, and a terminal's recording: bell, backspace, escape. */
const controls: ReadonlySet<number> = new Set([7, 8, 9, 10, 12, 13, 27]);

/** Text of a file, else the offset of the first byte that no text has. */
function textOrOffset(bytes: Uint8Array): string | number {
  if (wideEncoding(bytes) === null) {
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte < 32 && !controls.has(byte)) return at;
    }
  }
  return decodeText(bytes);
}

/** V8 tells the position in its message; there is no other way to ask for it. */
function jsonPlace(thrown: unknown, text: string, where: string): string {
  const position = /position (\d+)/.exec(thrown instanceof Error ? thrown.message : '')?.[1];
  if (position === undefined) return where;
  return `${where}, line ${text.slice(0, Number(position)).split('\n').length}`;
}

function problemOfErrno(thrown: unknown, path: string): SourceProblem {
  const errno = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return sourceProblem('source-missing', path, 'nothing is there');
  if (errno === 'EACCES' || errno === 'EPERM') return sourceProblem('source-not-permitted', path, errno);
  return sourceProblem('source-unreadable', path, errno === '' ? 'unknown' : errno);
}
