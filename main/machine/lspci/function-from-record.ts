import { shortAddress } from '../address.ts';
import { decodeConfigSpace } from '../config-space/decode.ts';
import { measured, unknown, valueOr, type Fact } from '../fact.ts';
import type { PciNames } from '../names/pci-names.ts';
import type { Bar, Capability, PciFunction, PciIds } from '../pci-function.ts';
import { attributesOf } from './attributes.ts';
import { factsOfText, type TextFacts } from './facts-of-text.ts';
import { readHeader } from './record-header.ts';
import type { DeviceRecord } from './sections.ts';
import { classOf, idsOf, namesOf } from './who.ts';

/** A function without its place in the tree, which takes all of them. */
export type UnplacedFunction = Omit<PciFunction, 'parent' | 'path' | 'through'>;

export interface ReadRecord {
  readonly fn: UnplacedFunction;
  /** the record names its group */
  readonly group: number | null;
  /** null: no `Kernel driver in use` */
  readonly driver: string | null;
  /** how much the record tells: bytes of config space first, then words */
  readonly fullness: number;
  /** capabilities were shown, or withheld from an ordinary user; null: the record has none */
  readonly asRoot: boolean | null;
}

/** Reads one record: its bytes where it has some, its words where the bytes end. */
export function functionFromRecord(record: DeviceRecord, names: PciNames): ReadRecord {
  const place = `lspci ${shortAddress(record.address)}`;
  const header = readHeader(record.header);
  const attributes = attributesOf(record.attributes);
  const words = factsOfText(attributes, place);
  const bytes = record.bytes.length > 0 ? decodeConfigSpace(record.bytes) : null;
  const inCapability = attributes.capabilities.find((piece) => / ?\] Subsystem: /.test(piece.slice(0, 24)));
  const subsystem =
    attributes.subsystem ?? inCapability?.slice(inCapability.indexOf('Subsystem: ') + 11).trim() ?? null;
  const ids = mergedIds(bytes?.ids, idsOf(header, subsystem, place, names));
  const classCode = firstKnown(bytes?.classCode, classOf(header, place, names));
  const told = (fact: Fact<unknown> | undefined): boolean => fact?.known === true;
  return {
    fn: {
      address: record.address,
      ids,
      classCode,
      names: namesOf(header, subsystem, ids, classCode, names),
      driver: unknown('fuller-source', `${place}, Kernel driver in use`),
      header: bytes && bytes.header !== 'unknown' ? bytes.header : headerKind(classCode, attributes.buses !== null),
      multifunction: bytes?.multifunction ?? null,
      bridge: bytes?.bridge ?? attributes.buses,
      configBytes: record.bytes.length,
      capabilities: bytes ? mergedCapabilities(bytes.capabilities, words.capabilities) : words.capabilities,
      express: firstKnown(bytes?.express, words.express),
      acs: firstKnown(bytes?.acs, words.acs),
      ats: firstKnown(bytes?.ats, words.ats),
      sriov: firstKnown(bytes?.sriov, words.sriov),
      physicalFunction: null,
      resizableBars: firstKnown(bytes?.resizableBars, words.resizableBars),
      msi: firstKnown(bytes?.msi, words.msi),
      msix: firstKnown(bytes?.msix, words.msix),
      bars: bytes ? mergedBars(bytes.bars, words.bars) : words.bars,
      resetMethods: unknown('fuller-source', 'reset_method'),
      bootVga: unknown('fuller-source', 'boot_vga'),
      numaNode: attributes.numaNode,
      pri: firstKnown(bytes?.pri, words.pri),
      pasid: firstKnown(bytes?.pasid, words.pasid),
      ari: firstKnown(bytes?.ari, words.ari),
      ariForwarding: firstKnown(bytes?.ariForwarding, words.ariForwarding),
      power: firstKnown(bytes?.power, words.power),
      d3coldAllowed: unknown('fuller-source', 'd3cold_allowed'),
      slot: firstKnown(bytes?.slot, words.slot),
      link: firstKnown(bytes?.link, words.link),
      // Its size is in the words alone.
      rom: firstKnown(words.rom, bytes?.rom ?? words.rom),
      thunderbolt: firstKnown(bytes?.thunderbolt, words.thunderbolt),
      removable: unknown('fuller-source', 'removable'),
    },
    group: attributes.group,
    driver: attributes.driver,
    fullness: record.bytes.length * 0x10000 + Math.min(record.attributes.length, 0xffff),
    asRoot: attributes.denied ? false : told(words.capabilities) && attributes.capabilities.length > 0 ? true : null,
  };
}

/** Bytes win; where they end, the words say why nothing is known. */
const firstKnown = <T>(bytes: Fact<T> | undefined, words: Fact<T>): Fact<T> => (bytes?.known ? bytes : words);

function headerKind(classCode: Fact<number>, hasBuses: boolean): PciFunction['header'] {
  const kind = valueOr(classCode, 0) >>> 8;
  if (kind === 0x0607) return 'cardbus';
  if (hasBuses || kind === 0x0604 || kind === 0x0609) return 'bridge';
  return classCode.known ? 'endpoint' : 'unknown';
}

/** `lspci -vvvxxx` shows 256 bytes, and words about all 4096. */
function mergedCapabilities(bytes: Fact<Capability[]>, words: Fact<Capability[]>): Fact<Capability[]> {
  if (!bytes.known || !words.known) return firstKnown(bytes, words);
  if (bytes.value.some((each) => each.extended)) return bytes;
  return { ...bytes, value: [...bytes.value, ...words.value.filter((each) => each.extended)] };
}

/**
 * Sizes are not in config space, and BARs of virtual functions read zero: both are in the words. A single -v prints no
 * numbers; there the address tells which is which.
 */
function mergedBars(bytes: Fact<Bar[]>, words: TextFacts['bars']): Fact<Bar[]> {
  if (!bytes.known || !words.known) return firstKnown(bytes, words);
  const numbered = words.provenance === 'measured';
  const key = (bar: Bar): string => (numbered ? String(bar.index) : `${bar.kind} ${bar.address ?? ''}`);
  const said = new Map(words.value.map((bar) => [key(bar), bar]));
  const sized = bytes.value.map((bar) => ({ ...bar, size: said.get(key(bar))?.size ?? null }));
  const taken = new Set(sized.map((bar) => bar.index));
  const more = numbered ? words.value.filter((bar) => !taken.has(bar.index)) : [];
  const all = [...sized, ...more].sort((a, b) => a.index - b.index);
  return measured(all, bytes.where);
}

/** Where the subsystem stands beyond the bytes (bridges, CardBus), the words tell it. */
function mergedIds(bytes: Fact<PciIds> | undefined, words: Fact<PciIds>): Fact<PciIds> {
  if (!bytes?.known || !words.known || bytes.value.subsystemVendor !== null) return firstKnown(bytes, words);
  const { subsystemVendor, subsystemDevice } = words.value;
  return subsystemVendor === null || words.provenance !== 'measured'
    ? bytes
    : { ...bytes, value: { ...bytes.value, subsystemVendor, subsystemDevice } };
}

/** A record without `Kernel driver in use` has no driver where lspci printed drivers at all. */
export const driverFact = (read: ReadRecord, driversShown: boolean): Fact<string | null> =>
  read.driver !== null || driversShown
    ? measured(read.driver, `lspci ${shortAddress(read.fn.address)}`)
    : read.fn.driver;
