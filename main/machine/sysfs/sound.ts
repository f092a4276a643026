import { measured, unknown, type Fact } from '../fact.ts';
import { exists, wordOf } from '../files/read.ts';
import { realPath } from '../files/real-path.ts';
import type { SoundCard } from '../host-use.ts';
import type { HostTree } from '../host-tree.ts';
import { functionBehind } from './device-path.ts';

const home = 'sys/class/sound';

/** Sound cards with the function behind which they are, USB ones behind their controller. */
export function readSound(tree: HostTree): Fact<SoundCard[]> {
  if (!exists(tree, home)) return unknown('fuller-source', `/${home}`);
  const cards = tree.list(home).flatMap((name): SoundCard[] => {
    if (!/^card\d{1,3}$/.test(name)) return [];
    const folder = realPath(tree, `${home}/${name}`) ?? `${home}/${name}`;
    return [{ name, id: wordOf(tree, `${folder}/id`), behind: functionBehind(folder) }];
  });
  return measured(cards, `/${home}`);
}
