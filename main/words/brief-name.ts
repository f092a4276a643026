import type { PciFunction } from '../machine/pci-function.ts';
import { groupsWords } from './groups.ts';

/** No name in the PCI ID list is longer; a source may hold anything. */
const longest = 200;

/**
 * Beginnings that every function of a chip shares and that push the telling part out of a card: processor families and
 * code names, as the PCI ID list writes them.
 */
const families: readonly RegExp[] = [
  /^(?:\d+(?:st|nd|rd|th) (?:Gen(?:eration)? )?)?(?:Xeon|Core|Atom|Celeron|Pentium)\b(?: [A-Za-z]?\d[\w-]*| D| Scalable| Processors?| Series| Family)*[/ ]/,
  /^[A-Z][a-z]+ (?:Lake|Point|Peak|Ridge|Trail|Rapids|Mountain)(?:-[A-Z]{1,3})?(?: PCH(?:-[A-Z]{1,3})?)? (?=\S)/,
  /^Family [0-9a-f]+h(?:\/[0-9a-f]+h)*(?: \(Models? [^)]*\))? /i,
  /^[A-Z][a-z]+\d?(?:\/[A-Z][a-z]+\d?)+(?: (?:Ridge|Point|Lake|Range|Peak))? (?=\S)/,
];
/** `Xeon E7 v2/Xeon E5 v2/Core i7` names three of them. */
const mostFamilies = 6;

/** Words that say nothing beside an icon and a class. */
const fillers: readonly (readonly [RegExp, string])[] = [
  [/^(?:\w+ )?Ethernet (?:Controller|Connection)(?: \(\d+\))? (?=\S)/i, ''],
  [/\bNVMe SSD Controller (?=\S)/i, 'NVMe '],
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

/**
 * What a card says; the inspector and the tooltip have the whole name. `besideGraphics`: it is the sound of a graphics
 * card, which nobody knows by its chip.
 */
export function briefName(fn: PciFunction, besideGraphics: boolean, narrow = false): string {
  if (besideGraphics && isSound(fn)) return narrow ? groupsWords.audioShort : groupsWords.audio;
  const { device } = fn.names;
  if (device === null || device === '') return namelessName(fn);
  const bracket = /\[([^[\]]+)\]\s*$/.exec(device)?.[1];
  if (bracket !== undefined && !/mode$/i.test(bracket))
    return narrow ? bracket.replace(/^GeForce |^Radeon /, '') : bracket;
  let name = device.slice(0, longest);
  name = name.replace(/^[\w .,-]+?(?:Corporation|Inc\.|Ltd\.)(?: \[\w+\])? (?=\S)/, '');
  for (let at = 0; at < mostFamilies; at++) {
    const before = name;
    for (const family of families) {
      const rest = name.replace(family, '');
      if (rest.length >= 3) name = rest;
    }
    if (name === before) break;
  }
  for (const [pattern, replacement] of fillers) {
    const rest = name.replace(pattern, replacement).trim();
    if (rest.length >= 3) name = rest;
  }
  const vendor = fn.names.vendor?.split(/[ ,]/)[0] ?? '';
  if (isStorage(fn) && !name.toLowerCase().includes(vendor.toLowerCase())) name = `${vendor} ${name}`;
  const wireless = fn.classCode.known && fn.classCode.value >> 8 === 0x0280;
  if (narrow) name = name.replace(/^([A-Z]*\d{3,})\/[\d/]+/, '$1');
  return wireless && !/wi-?fi|wireless|bluetooth/i.test(name) ? `${name} ${groupsWords.kind.wireless}` : name;
}

/** NVMe (class 0108h): people know their SSD by its maker. */
const isStorage = (fn: PciFunction): boolean => fn.classCode.known && fn.classCode.value >> 8 === 0x0108;

/** Sound (class 0403h, or 0401h on old cards). */
const isSound = (fn: PciFunction): boolean =>
  fn.classCode.known && (fn.classCode.value >> 8 === 0x0403 || fn.classCode.value >> 8 === 0x0401);

const isGraphics = (fn: PciFunction | undefined): boolean =>
  fn?.classCode.known === true && fn.classCode.value >> 16 === 0x03;

/** The sound function of a graphics card is its second; an APU's sixth is the board's own sound. */
export const besideGraphics = (fn: PciFunction, at: (address: string) => PciFunction | undefined): boolean =>
  fn.address.endsWith('.1') && isGraphics(at(`${fn.address.slice(0, -1)}0`));

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
