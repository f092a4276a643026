import { shortAddress } from '../../main/machine/address.ts';
import { groupsWords } from '../../main/words/groups.ts';
import type { Duty } from './duties.ts';
import { dutyWords } from './duty-words.ts';
import type { Leaf } from './forest.ts';
import { acsStanding } from './acs.ts';

/** What a screen reader says of a function: what it is, where, in which group, what the host does with it. */
export function spokenName(leaf: Leaf, name: string, duties: readonly Duty[]): string {
  const parts = [leaf.shape === 'port' ? groupsWords.role.port : leaf.shape === 'unit' ? groupsWords.unit : name];
  parts.push(shortAddress(leaf.address));
  if (leaf.group !== null) parts.push(groupsWords.group(leaf.group));
  if (leaf.shape === 'port') {
    const standing = acsStanding(leaf.fn);
    if (standing !== 'unheard') parts.push(groupsWords.spokenAcs[standing]);
    if (leaf.children.length === 0) parts.push(groupsWords.empty);
  }
  if (leaf.fn.driver.known && leaf.fn.driver.value !== null && leaf.shape === 'card') {
    parts.push(groupsWords.spokenDriver(leaf.fn.driver.value));
  }
  return [...parts, ...duties.map(dutyWords)].join(', ');
}
