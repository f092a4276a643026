import { groupsWords } from '../../main/words/groups.ts';
import type { PciFunction } from '../../main/machine/pci-function.ts';
import type { Leaf } from './forest.ts';
import { isMain, isSound } from './quiet.ts';

/**
 * Beginnings that every function of a chip shares and that push the telling part out of a card: processor families and
 * code names, as the PCI ID list writes them.
 */
const families: readonly RegExp[] = [
  /^(?:(?:\d+(?:st|nd|rd|th) (?:Gen(?:eration)?|\/)?\s*)?(?:Intel\(R\) )?(?:Xeon|Core|Atom|Celeron|Pentium)(?:\(R\))?(?: Processor| D| Scalable| [A-Z]?\d[\w-]*| [a-z]\d[\w-]*| v\d| Series)*(?: Processors?)?(?: Family)?(?:\/| ))+/i,
  /^Family [0-9a-f]+h(?:\/[0-9a-f]+h)*(?: \(Models? [^)]*\))? /i,
  /^[A-Z][a-z]+\d?(?:\/[A-Z][a-z]+\d?)+(?: (?:Ridge|Point|Lake|Range|Peak))? (?=\S)/,
];

/** Words that say nothing beside an icon and a class. */
const fillers: readonly (readonly [RegExp, string])[] = [
  [/ series chipset(?: family)?\b/i, ' Series'],
  [/ chipset(?: family)?\b/i, ''],
  [/ PCI Express\b.*$/i, ''],
  [/ 802\.11.*$/i, ''],
  [/ \[[^\]]*\](?: \([^)]*\))?$/, ''],
  [/ PSPCPP$/, ''],
  [/(?: [xe]?HCI| Ethernet| Host)* Controller$/i, ''],
  [/(?::? Device [0-9a-f]+h?)?[:;,] Function \d+$/i, ''],
  [/ xHCI$/i, ''],
];

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

/** What a card in the tree says; the inspector and the tooltip have the whole name. */
export function briefName(leaf: Leaf, narrow = false): string {
  if (isSound(leaf.fn) && besideGraphics(leaf)) return narrow ? groupsWords.audioShort : groupsWords.audio;
  const { device } = leaf.fn.names;
  if (device === null || device === '') return namelessName(leaf.fn);
  const bracket = /\[([^[\]]+)\]\s*$/.exec(device)?.[1];
  if (bracket !== undefined && !/mode$/i.test(bracket))
    return narrow ? bracket.replace(/^GeForce |^Radeon /, '') : bracket;
  let name = device;
  name = name.replace(/^[\w .,-]+?(?:Corporation|Inc\.|Ltd\.)(?: \[\w+\])? (?=\S)/, '');
  for (const family of families) {
    const rest = name.replace(family, '');
    if (rest.length >= 3) name = rest;
  }
  for (const [pattern, replacement] of fillers) {
    const rest = name.replace(pattern, replacement).trim();
    if (rest.length >= 3) name = rest;
  }
  const vendor = leaf.fn.names.vendor?.split(/[ ,]/)[0] ?? '';
  if (isStorage(leaf.fn) && !name.toLowerCase().includes(vendor.toLowerCase())) name = `${vendor} ${name}`;
  const wireless = leaf.fn.classCode.known && leaf.fn.classCode.value >> 8 === 0x0280;
  if (narrow) name = name.replace(/^([A-Z]*\d{3,})\/[\d/]+/, '$1');
  return wireless && !/wi-?fi|wireless|bluetooth/i.test(name) ? `${name} ${groupsWords.kind.wireless}` : name;
}

/** NVMe (class 0108h): people know their SSD by its maker. */
const isStorage = (fn: PciFunction): boolean => fn.classCode.known && fn.classCode.value >> 8 === 0x0108;

/** The sound function of a graphics card is its second; an APU's sixth is the board's own sound. */
function besideGraphics(leaf: Leaf): boolean {
  const first = `${leaf.address.slice(0, -1)}0`;
  if (!leaf.address.endsWith('.1')) return false;
  return leaf.parent?.children.some((other) => other.address === first && isMain(other.fn)) ?? false;
}

/** `Kingston NVMe 2646:5028` where the list of names knows the vendor only. */
function namelessName(fn: PciFunction): string {
  const vendor = fn.names.vendor?.split(/[ ,]/)[0];
  const ids = fn.ids.known ? `${hex4(fn.ids.value.vendor)}:${hex4(fn.ids.value.device)}` : undefined;
  return [vendor, kindWord(fn), ids].filter((part) => part !== undefined).join(' ');
}

function kindWord(fn: PciFunction): string {
  const words = groupsWords.kind;
  if (!fn.classCode.known) return fn.names.class ?? words.function;
  const subclass = fn.classCode.value >> 8;
  if (subclass === 0x0108) return words.nvme;
  if (subclass === 0x0280) return words.wireless;
  if (subclass === 0x0c03) return words.usb;
  const byBase: Readonly<Record<number, string>> = {
    0x01: words.disk,
    0x02: words.network,
    0x03: words.gpu,
    0x04: words.sound,
  };
  return byBase[subclass >> 8] ?? fn.names.class ?? words.function;
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
