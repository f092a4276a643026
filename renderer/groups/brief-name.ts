import { groupsWords } from '../../main/words/groups.ts';
import { briefName as nameOf } from '../../main/words/brief-name.ts';
import type { Leaf } from './forest.ts';
import { isMain } from './quiet.ts';

/** What a card in the tree says. */
export const briefName = (leaf: Leaf, narrow = false): string => nameOf(leaf.fn, besideGraphics(leaf), narrow);

/** The sound function of a graphics card is its second; an APU's sixth is the board's own sound. */
function besideGraphics(leaf: Leaf): boolean {
  const first = `${leaf.address.slice(0, -1)}0`;
  if (!leaf.address.endsWith('.1')) return false;
  return leaf.parent?.children.some((other) => other.address === first && isMain(other.fn)) ?? false;
}

/** What functions of one package have in common: their first words, else how many they are; and their device number. */
export function packageName(leaves: readonly Leaf[]): { readonly words: string; readonly device: string } {
  const names = leaves.map((leaf) => briefName(leaf).split(' '));
  const [first = []] = names;
  let shared = 0;
  while (shared < first.length && names.every((words) => words[shared] === first[shared])) shared++;
  const words = first.slice(0, shared);
  while (/^(?:[&(]|and|of|-|\d)/.test(words.at(-1) ?? 'x')) words.pop();
  const device = (leaves[0]?.address ?? '').slice(-4, -2);
  const telling = words.length > 0 && !/^Device \d+/.test(words.join(' '));
  return { words: telling ? words.join(' ') : groupsWords.folded(leaves.length, 0), device };
}
