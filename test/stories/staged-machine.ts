import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Unpacks a captured machine into a folder (replacing what stood there) and stages files in it; the folder. */
export function stageMachine(folder: string, capture: string, staged: Staged): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const removed = new Set(Object.keys(staged).filter((path) => staged[path] === null));
  const put = (path: string, write: (at: string) => void): void => {
    const at = join(folder, path);
    mkdirSync(dirname(at), { recursive: true });
    write(at);
  };
  for (const [path, entry] of readCapture(capture)) {
    if (path === '' || path === '.' || path in staged || [...removed].some((gone) => path.startsWith(`${gone}/`)))
      continue;
    if ('folder' in entry) mkdirSync(join(folder, path), { recursive: true });
    else if ('link' in entry) put(path, (at) => symlinkSync(entry.link, at));
    else put(path, (at) => writeFileSync(at, entry.bytes));
  }
  for (const [path, file] of Object.entries(staged)) {
    if (file === null) continue;
    put(path, (at) => (typeof file === 'string' ? writeFileSync(at, file) : symlinkSync(file.link, at)));
  }
  return folder;
}
