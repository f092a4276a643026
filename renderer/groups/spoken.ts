import { shortAddress } from '../../main/machine/address.ts';
import { groupsWords } from '../../main/words/groups.ts';
import { acsStanding } from '../kit/acs.ts';
import type { Duty } from './duties.ts';
import { dutyWords } from './duty-words.ts';
import type { Leaf } from './forest.ts';
import type { Form } from './placed.ts';

export interface Spoken {
  readonly 'aria-label'?: string;
  readonly 'aria-description': string;
}

/**
 * What a screen reader says of a function beyond what stands on it: its group, driver and jobs. A chip shows two figures
 * only, so its name is said whole; it contains them.
 */
export function spoken(leaf: Leaf, form: Form, name: string, duties: readonly Duty[]): Spoken {
  const parts: string[] = leaf.shape === 'port' ? [groupsWords.role.port] : [];
  parts.push(leaf.group === null ? groupsWords.noGroup : groupsWords.group(leaf.group));
  if (leaf.shape === 'port') {
    const standing = acsStanding(leaf.fn);
    if (standing !== 'unheard') parts.push(groupsWords.spokenAcs[standing]);
    if (leaf.children.length === 0) parts.push(groupsWords.empty);
  }
  if (leaf.fn.driver.known && leaf.fn.driver.value !== null && leaf.shape === 'card') {
    parts.push(groupsWords.spokenDriver(leaf.fn.driver.value));
  }
  const description = { 'aria-description': [...parts, ...duties.map(dutyWords)].join(', ') };
  const small = form === 'bridge-chip' || form === 'function-chip';
  return small ? { 'aria-label': `${name}, ${shortAddress(leaf.address)}`, ...description } : description;
}
