import { linesOf, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';

export interface Mount {
  /** where it is mounted: `/boot/efi`, `[SWAP]` */
  readonly target: string;
  /** what is mounted, as the kernel names it: `/dev/mapper/vg-root`, `rpool/ROOT/pve-1` */
  readonly source: string;
  readonly fileSystem: string;
  /** `259:2`; null where the list does not tell */
  readonly deviceNumber: string | null;
}

/** File systems without a disk of this host below them. Overlay and network ones are not among them: a `/` on one must be said. */
const diskless: ReadonlySet<string> = new Set([
  'autofs',
  'binfmt_misc',
  'bpf',
  'cgroup',
  'cgroup2',
  'configfs',
  'debugfs',
  'devpts',
  'devtmpfs',
  'efivarfs',
  'fusectl',
  'hugetlbfs',
  'mqueue',
  'nsfs',
  'proc',
  'pstore',
  'rootfs',
  'ramfs',
  'rpc_pipefs',
  'securityfs',
  'selinuxfs',
  'sysfs',
  'tmpfs',
  'tracefs',
]);

/** Mounts of file systems on storage, and swap; null where the source has neither list. */
export function readMounts(tree: HostTree): Mount[] | null {
  const info = textOf(tree, 'proc/self/mountinfo');
  const plain = info === null ? textOf(tree, 'proc/mounts') : null;
  const mounts = info === null ? linesOf(plain ?? '').flatMap(fromMounts) : linesOf(info).flatMap(fromMountInfo);
  if (info === null && plain === null) return null;
  return [...mounts.filter((mount) => !diskless.has(mount.fileSystem)), ...readSwaps(tree)];
}

/** proc(5): id, parent, major:minor, root, mount point, options, optional fields, `-`, type, source, options. */
function fromMountInfo(line: string): Mount[] {
  const fields = line.split(' ');
  const dash = fields.indexOf('-', 6);
  const [deviceNumber, target] = [fields[2], fields[4]];
  const [fileSystem, source] = [fields[dash + 1], fields[dash + 2]];
  if (dash < 0 || !deviceNumber || !target || !fileSystem || source === undefined) return [];
  return [{ target: unescape(target), source: unescape(source), fileSystem, deviceNumber }];
}

function fromMounts(line: string): Mount[] {
  const [source, target, fileSystem] = line.split(' ');
  if (!source || !target || !fileSystem) return [];
  return [{ target: unescape(target), source: unescape(source), fileSystem, deviceNumber: null }];
}

/** proc/swaps: a header, then file name, type (`partition` or `file`), size, used, priority. */
function readSwaps(tree: HostTree): Mount[] {
  return linesOf(textOf(tree, 'proc/swaps') ?? '')
    .slice(1)
    .flatMap((line) => {
      const [source, kind] = line.trim().split(/\s+/);
      if (!source || (kind !== 'partition' && kind !== 'file')) return [];
      return [
        {
          target: '[SWAP]',
          source: unescape(source),
          fileSystem: kind === 'file' ? 'swapfile' : 'swap',
          deviceNumber: null,
        },
      ];
    });
}

/** Blank, tab, newline and backslash stand as octal escapes in these lists (fs/proc_namespace.c mangle). */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
