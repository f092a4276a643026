import type { GroupWithJoins } from '../../main/contract/groups.ts';
import { shortAddress } from '../../main/machine/address.ts';
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

/** A table cell has room for this many; the inspector of the group has all. */
const mostInCell = 2;

/** `05:05.0: no ACS, 03:06.0: no ACS and 2 more`. */
export function joinsInShort(joins: GroupWithJoins['joinedBy']): string {
  const all = joins.map(({ rule, port, missing }) =>
    groupsWords.joined[rule](port === null ? groupsWords.notShown : shortAddress(port), (missing ?? []).join(' ')),
  );
  const shown = all.slice(0, mostInCell).join(', ');
  return all.length <= mostInCell ? shown : `${shown}, ${groupsWords.more(all.length - mostInCell)}`;
}
