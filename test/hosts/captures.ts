import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Where captured machines of the QEMU lab lie; tests that need them skip by name where they are absent. */
export const capturesFolder = resolve(
  import.meta.dirname,
  '../..',
  process.env['SLOTWISE_CAPTURES'] ?? '../shared/qemu-lab/captures',
);

export const captureFile = (name: string): string => resolve(capturesFolder, `${name}.tar.gz`);

/** Names of all captures; empty, with one line that says so, where there are none. */
export const captureNames: readonly string[] = listCaptures();

function listCaptures(): string[] {
  if (!existsSync(capturesFolder)) {
    console.warn(`captures are absent (${capturesFolder}): tests that read them are skipped; set SLOTWISE_CAPTURES`);
    return [];
  }
  return readdirSync(capturesFolder)
    .filter((file) => file.endsWith('.tar.gz'))
    .map((file) => file.slice(0, -'.tar.gz'.length))
    .sort();
}

export type CapturedEntry = { bytes: Uint8Array } | { link: string } | { folder: true };

/**
 * All entries of a capture by path. A second, much smaller reader than the product's own, so that tests do not prove the
 * product by itself; it knows only what GNU tar wrote there (ustar headers, `L` long names, `K` long links).
 */
export const readCapture = (name: string): Map<string, CapturedEntry> => readTarball(captureFile(name));

/** The same of any archive. */
export function readTarball(file: string): Map<string, CapturedEntry> {
  const archive = gunzipSync(readFileSync(file));
  const entries = new Map<string, CapturedEntry>();
  let longName: string | null = null;
  let longLink: string | null = null;
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const field = (from: number, length: number): string =>
      archive.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = parseInt(field(124, 12).trim() || '0', 8);
    const type = field(156, 1) || '0';
    const bytes = archive.subarray(at + 512, at + 512 + size);
    const prefix = field(257, 6) === 'ustar' ? field(345, 155) : '';
    const path: string = (longName ?? (prefix ? `${prefix}/${field(0, 100)}` : field(0, 100)))
      .replace(/^\.\//, '')
      .replace(/\/$/, '');
    at += 512 + Math.ceil(size / 512) * 512;
    if (type === 'L') longName = bytes.toString('utf8').replace(/\0+$/, '');
    else if (type === 'K') longLink = bytes.toString('utf8').replace(/\0+$/, '');
    else {
      if (type === '2') entries.set(path, { link: longLink ?? archive.toString('utf8', at - 512 + 157, at - 512 + 257).replace(/\0.*$/s, '') });
      else if (type === '5') entries.set(path, { folder: true });
      else entries.set(path, { bytes: Uint8Array.from(bytes) });
      longName = longLink = null;
    }
  }
  return entries;
}
