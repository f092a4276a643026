import { linesOf, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import { measured } from '../fact.ts';
import type { Bar, PciFunction } from '../pci-function.ts';

/** include/linux/ioport.h */
const flag = { io: 0x100n, memory: 0x200n, prefetch: 0x2000n, wide: 0x100000n, unset: 0x20000000n } as const;
const romIndex = 6;

const pattern = /^0x([0-9a-f]{1,16}) 0x([0-9a-f]{1,16}) 0x([0-9a-f]{1,16})$/i;

/**
 * The BARs and the ROM of sysfs `resource`, whose first seven lines they are: start, end and kernel flags. Only here,
 * not in config space, do their sizes stand. Null when the file is missing or something else.
 */
export function barsOfResource(
  tree: HostTree,
  folder: string,
  enabled: (index: number, kind: Bar['kind']) => boolean,
): Bar[] | null {
  const text = textOf(tree, `${folder}/resource`);
  if (text === null) return null;
  const bars: Bar[] = [];
  for (const [index, line] of linesOf(text)
    .slice(0, romIndex + 1)
    .entries()) {
    const match = pattern.exec(line.trim());
    if (!match) return null;
    const [start, end, flags] = match.slice(1).map((part) => BigInt(`0x${part}`)) as [bigint, bigint, bigint];
    const kind = index === romIndex ? 'rom' : (flags & flag.io) !== 0n ? 'io' : 'memory';
    if ((flags & (flag.io | flag.memory)) === 0n) continue;
    const placed = start !== 0n && (flags & flag.unset) === 0n;
    bars.push({
      index,
      kind,
      address: placed ? `0x${start.toString(16)}` : null,
      size: end > start ? `0x${(end - start + 1n).toString(16)}` : null,
      bits: (flags & flag.wide) !== 0n ? 64 : 32,
      prefetchable: (flags & flag.prefetch) !== 0n,
      enabled: enabled(index, kind),
    });
  }
  return bars;
}

/** include/linux/ioport.h IORESOURCE_ROM_SHADOW */
const romShadow = 1n << 1n;

/**
 * The expansion ROM by the seventh line of `resource`. Its bytes are not read: that takes switching it on, which some
 * devices do not survive (Documentation/PCI/sysfs-pci.rst, `rom`).
 */
export function romOf(tree: HostTree, folder: string, config: PciFunction['rom']): PciFunction['rom'] {
  const line = linesOf(textOf(tree, `${folder}/resource`) ?? '')[romIndex];
  const match = line === undefined ? null : pattern.exec(line.trim());
  if (!match) return config;
  const [start = 0n, end = 0n, flags = 0n] = match.slice(1).map((part) => BigInt(`0x${part}`));
  const where = `/${folder}/resource`;
  if ((flags & flag.memory) === 0n || end === 0n) return measured(null, where);
  const size = end > start ? `0x${(end - start + 1n).toString(16)}` : null;
  return measured({ size, shadowed: (flags & romShadow) !== 0n, headerGood: null }, where);
}
