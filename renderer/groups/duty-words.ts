import { groupsWords } from '../../main/words/groups.ts';
import type { Duty } from './duties.ts';

/** A duty as its chip says it. */
export function dutyWords(duty: Duty): string {
  const words = groupsWords.duty;
  switch (duty.kind) {
    case 'system-disk':
      return words['system-disk'](duty.mount, duty.device);
    case 'mount':
      return words.mount(duty.mount);
    case 'network':
    case 'boot-display':
    case 'keyboard':
      return words[duty.kind];
  }
}
