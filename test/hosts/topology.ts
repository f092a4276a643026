import type { CapturedEntry } from './captures.ts';
import { captureEntries, treeOf, type TestFile, type TestTree } from './tree.ts';

/**
 * Captures without a sysfs copy (`acs-override-*`, `random-topologies`) hold config bytes, `paths.txt` with the sysfs path
 * of each function and `groups.txt` with the kernel's groups. This builds the sys/devices that a collector would have
 * found, and hands the kernel's groups over beside it.
 */
export interface Topology {
  readonly name: string;
  readonly tree: TestTree;
  /** group number by address, as the kernel made them */
  readonly groups: ReadonlyMap<string, number>;
}

export const topologies = (capture: string): Topology[] => topologiesIn(captureEntries(capture));

/** The same of any archive's entries. */
export function topologiesIn(entries: ReadonlyMap<string, CapturedEntry>): Topology[] {
  const text = (path: string): string => {
    const entry = entries.get(path);
    return entry && 'bytes' in entry ? new TextDecoder().decode(entry.bytes) : '';
  };
  return [...entries.keys()]
    .filter((path) => path.endsWith('/paths.txt'))
    .sort()
    .map((path) => {
      const folder = path.slice(0, -'/paths.txt'.length);
      const files: Record<string, TestFile> = {};
      for (const line of text(path).split('\n').filter(Boolean)) {
        const place = line.replace(/^\//, '');
        const address = place.slice(place.lastIndexOf('/') + 1);
        const config = entries.get(`${folder}/${address}.config`);
        if (!config || !('bytes' in config)) continue;
        files[`${place}/config`] = config.bytes;
        files[`sys/bus/pci/devices/${address}`] = { link: `../../../${place.replace(/^sys\//, '')}` };
      }
      for (const table of ['DMAR', 'IVRS']) {
        const entry = entries.get(`${folder}/${table}`);
        if (entry && 'bytes' in entry) files[`sys/firmware/acpi/tables/${table}`] = entry.bytes;
      }
      const groups = new Map(
        text(`${folder}/groups.txt`)
          .split('\n')
          .filter(Boolean)
          .map((line) => {
            const [id = '', address = ''] = line.split(' ');
            return [address, Number(id)] as const;
          }),
      );
      return { name: folder, tree: treeOf(files), groups };
    });
}
