import { measured } from '../fact.ts';
import { wordOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { PciFunction } from '../pci-function.ts';
import { barsOfResource } from './resources.ts';

/** `resourceN_resize`: a mask of supported sizes, bit n for 2^n MB (Documentation/ABI/testing/sysfs-bus-pci, since 6.1); open to everybody. */
export function resizableBarsOf(
  tree: HostTree,
  folder: string,
  config: PciFunction['resizableBars'],
): PciFunction['resizableBars'] {
  if (config.known) return config;
  const bars = barsOfResource(tree, folder, () => false) ?? [];
  const found = [0, 1, 2, 3, 4, 5].flatMap((bar) => {
    const mask = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(wordOf(tree, `${folder}/resource${bar}_resize`) ?? '')?.[1];
    if (mask === undefined) return [];
    const bits = BigInt(`0x${mask}`);
    const sizesMegabytes: number[] = [];
    for (let n = 0; n < 44; n++) if ((bits >> BigInt(n)) & 1n) sizesMegabytes.push(2 ** n);
    const size = bars.find(({ index }) => index === bar)?.size ?? null;
    return [{ bar, sizesMegabytes, currentMegabytes: size === null ? null : Number(BigInt(size) >> 20n) }];
  });
  return found.length === 0 ? config : measured(found, `/${folder}/resource${found[0]?.bar ?? 0}_resize`);
}
