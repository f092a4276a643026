import type { groupsWords } from '../../main/words/groups.ts';
import type { Root } from './forest.ts';
import { isQuiet } from './quiet.ts';

type RootAbout = keyof typeof groupsWords.rootAbout;

/** What a root bus holds, as far as its classes tell. */
export function rootAbout(root: Root): RootAbout | null {
  const classes = new Set(root.all.flatMap((leaf) => (leaf.fn.classCode.known ? [leaf.fn.classCode.value >> 8] : [])));
  // The ISA bridge (class 0601h) is where a chipset says what it is.
  if (classes.has(0x0601)) return 'chipset';
  const ports = root.all.some((leaf) => leaf.shape === 'port');
  if (!ports && root.all.every((leaf) => isQuiet(leaf.fn))) return 'board';
  return ports ? 'ports' : null;
}
