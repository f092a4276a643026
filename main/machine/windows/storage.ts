import { measured, unknown, type Fact } from '../fact.ts';
import type { Disk } from '../host-use.ts';
import type { DeviceTree } from './device-tree.ts';
import type { Inventory, Row } from './inventory.ts';

/** Partitions without a letter by what they are for; the firmware starts from the EFI system partition. */
const targetOf = ({ letter, system }: Row<'partitions'>): string | null =>
  letter !== null && letter !== '' ? `${letter}:\\` : system === true ? 'EFI system partition' : null;

/**
 * The disks with what Windows uses of them: drives by letter, and the parts that it starts from. Storage spaces and other
 * things stacked upon disks are not told apart. Without the partitions nothing is said of any disk, since one that looks
 * unused may be the one that the host starts from.
 */
export function disksOf({ sections, elevated }: Inventory, tree: DeviceTree): Fact<Disk[]> {
  const { disks, partitions, volumes } = sections;
  if (disks === null) return unknown('fuller-source', 'Win32_DiskDrive');
  if (partitions === null || (partitions.length === 0 && disks.length > 0)) {
    return unknown(elevated ? 'fuller-source' : 'administrator', 'Get-Partition');
  }
  const fileSystems = new Map((volumes ?? []).map(({ letter, fileSystem }) => [letter, fileSystem]));
  return measured(
    disks.map(({ number, instance, model, bytes }) => ({
      name: `PhysicalDrive${number ?? '?'}`,
      model,
      bytes,
      behind: tree.behind(instance),
      mounts: partitions
        .filter(({ disk }) => disk !== null && disk === number)
        .flatMap((partition) => {
          const target = targetOf(partition);
          if (target === null) return [];
          const system = partition.boot === true || partition.system === true;
          const fileSystem = fileSystems.get(partition.letter) ?? 'unknown';
          return [{ target, device: target, fileSystem, ...(system ? { system: true as const } : {}) }];
        }),
    })),
    'Win32_DiskDrive, Get-Partition',
  );
}
