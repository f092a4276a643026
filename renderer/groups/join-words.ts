import { groupsWords } from '../../main/words/groups.ts';
import type { JoinLabel } from './join-labels.ts';

/** The words above a port; `brief` on a phone. */
export function joinWords(label: JoinLabel, brief = false): string {
  const words = groupsWords.join;
  switch (label.kind) {
    case 'joins-here':
      if (label.lacks === 'bits') return words.hereOff(label.missing);
      return brief ? words.hereShort : words.here(label.missing);
    case 'no-acs':
      return words.noAcs;
    case 'bits-off':
      return words.off(label.missing);
    case 'ends-here':
      return label.full ? `${words.group(label.group)} · ${words.fullAcs}` : words.group(label.group);
  }
}
