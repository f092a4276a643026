import { measured, unknown, type Fact } from '../fact.ts';
import { needOf, wordOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { Machine } from '../machine.ts';

const home = 'sys/class/dmi/id';

/** Board and firmware by DMI (SMBIOS types 0, 1 and 2). Serial numbers and the UUID stand beside them and are never read. */
export function readBoard(tree: HostTree): Machine['board'] {
  const told = (name: string): Fact<string> => {
    const path = `${home}/${name}`;
    const word = wordOf(tree, path);
    if (word === null) return unknown(needOf(tree, path), `/${path}`);
    return isFiller(word) ? unknown('readable-file', `/${path}`) : measured(word, `/${path}`);
  };
  return {
    vendor: told('board_vendor'),
    product: told('board_name'),
    systemVendor: told('sys_vendor'),
    systemProduct: told('product_name'),
    firmwareVersion: told('bios_version'),
    firmwareDate: told('bios_date'),
  };
}

/** What board makers leave in fields that they did not fill; it names nothing. */
const fillers: ReadonlySet<string> = new Set([
  'to be filled by o.e.m.',
  'default string',
  'system product name',
  'system manufacturer',
  'not specified',
  'not applicable',
  'none',
  'o.e.m.',
  'n/a',
]);
export const isFiller = (word: string): boolean => fillers.has(word.toLowerCase());
