import { groupsWords } from '../../main/words/groups.ts';
import { packageName } from './brief-name.ts';
import { leavesOf, type End } from './rows.ts';

/** Words of a row's end that is no card. */
export function endWords(end: End): string {
  switch (end.kind) {
    case 'card':
      return '';
    case 'empty-port':
      return groupsWords.empty;
    case 'empty-ports':
      return groupsWords.emptyPorts(end.leaves.length);
    case 'host-bridges':
      return groupsWords.hostBridges;
    case 'package':
      return packageName(end.leaves).words;
    case 'folded': {
      const ports = end.leaves.filter((leaf) => leaf.shape === 'port').length;
      return groupsWords.folded(end.leaves.length - ports, ports);
    }
    case 'more':
      return groupsWords.more(leavesOf(end).length);
  }
}

/** Pixels of those words, rounded up: the drawing needs room before it is drawn. Inter at 12 is 6.3 a letter. */
export const wordsWidth = (end: End): number =>
  Math.ceil(endWords(end).length * 6.35) + (end.kind === 'package' ? 20 : 0);
