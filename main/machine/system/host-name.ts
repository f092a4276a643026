import { wordOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { Machine } from '../machine.ts';

/** The kernel's own word first (`uname -n`); the file is what it becomes at the next start. RFC 1123 allows 253 characters. */
const places = ['proc/sys/kernel/hostname', 'etc/hostname'] as const;

/** The host's name, for redaction alone; nothing where the source does not hold it, or the kernel has none yet. */
export function readHostName(tree: HostTree): Pick<Machine, 'hostName'> {
  const name = places.map((path) => wordOf(tree, path)).find((word) => word !== null && word !== '(none)');
  return name === undefined || name === null || name.length > 253 ? {} : { hostName: name };
}
