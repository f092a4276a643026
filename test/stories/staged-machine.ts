import { writeFileSync } from 'node:fs';
import { pack } from 'tar-stream';
import { captureFile, captureNames, readCapture } from '../hosts/captures.ts';

/** A file's text, a link's target, or null for what the capture holds and this machine does not. */
export type Staged = Readonly<Record<string, string | { readonly link: string } | null>>;

const board: Staged = {
  'sys/class/dmi/id/board_vendor': 'ASUSTeK COMPUTER INC.\n',
  'sys/class/dmi/id/board_name': 'PRIME X299-A\n',
  'sys/class/dmi/id/product_name': 'System Product Name\n',
  'sys/class/dmi/id/sys_vendor': 'System manufacturer\n',
};

/** A boot of the board above, which the captures (an initramfs without DMI) do not hold. */
export const inBoot = (boot: string, more: Staged = {}): Staged => ({
  ...board,
  'proc/sys/kernel/random/boot_id': `${boot}\n`,
  ...more,
});

/** Why a story cannot be told, or null. */
export const missingCaptures = (...names: string[]): string | null => {
  const absent = names.filter((name) => !captureNames.includes(name));
  return absent.length === 0 ? null : `captures are absent: ${absent.map(captureFile).join(', ')}`;
};

/** Writes a captured machine with staged files as one archive (replacing what stood there); the archive. */
export async function stageMachine(archive: string, capture: string, staged: Staged): Promise<string> {
  const gone = Object.keys(staged).filter((path) => staged[path] === null);
  const tar = pack();
  for (const [path, entry] of readCapture(capture)) {
    if (path === '' || path === '.' || path in staged || gone.some((folder) => path.startsWith(`${folder}/`))) continue;
    if ('folder' in entry) tar.entry({ name: path, type: 'directory' });
    else if ('link' in entry) tar.entry({ name: path, type: 'symlink', linkname: entry.link });
    else tar.entry({ name: path }, Buffer.from(entry.bytes));
  }
  for (const [path, file] of Object.entries(staged)) {
    if (typeof file === 'string') tar.entry({ name: path }, file);
    else if (file !== null) tar.entry({ name: path, type: 'symlink', linkname: file.link });
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  writeFileSync(archive, Buffer.concat(chunks));
  return archive;
}
