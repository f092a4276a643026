/**
 * A host's files as they were read, all in memory: from the live system, a captured folder or an archive. Paths have no
 * leading slash (`sys/bus/pci/devices/0000:01:00.0/config`). Links keep their target text, unresolved.
 */
export interface HostTree {
  /** bytes of a regular file; null when it is not there or could not be read (see `trouble`) */
  bytes(path: string): Uint8Array | null;
  /** names in a folder, sorted; empty when there is none */
  list(path: string): readonly string[];
  /** target text of a symbolic link, else null */
  link(path: string): string | null;
  /** why a file that is there could not be read: an errno name such as `EACCES`, `EIO` */
  trouble(path: string): string | null;
}
