import type { PciAddress } from '../address.ts';
import {
  groupHeading,
  headingWithMember,
  listedDevice,
  membersOf,
  withoutMarks,
  type ListedDevice,
} from './group-listing.ts';
import { recordStart } from './record-header.ts';
import { textLines, type TextLine } from './text-lines.ts';

/** One device's lines, joined: pastes wrap them and lose their indentation, and no attribute needs either. */
export interface DeviceRecord {
  readonly address: PciAddress;
  /** line of the text where it begins */
  readonly line: number;
  /** first line behind the address */
  readonly header: string;
  /** all that follows, hex lines left out */
  readonly attributes: string;
  /** config space as `-x` prints it, from offset 0 without a gap */
  readonly bytes: Uint8Array;
}

export interface Sections {
  readonly records: readonly DeviceRecord[];
  /** kernel messages without stamps, wrapped ones joined */
  readonly log: readonly string[];
  /** group listings: who is in which group, in the text's order */
  readonly listed: readonly ListedDevice[];
}

/** How lines of a record begin that belong to no other kind of text (`DevCap:`, `ACSCtl:` too); what they are is for others to say. */
const attributeStart =
  /^(?:(?:DeviceName|Subsystem|Physical Slot|Device tree node|Control|Status|Latency|Interrupt|NUMA node|IOMMU group|Flags|Bus|Region \d|(?:I\/O|Memory|Prefetchable memory) behind bridge|Secondary status|BridgeCtl|Capabilities|Kernel driver in use|Kernel modules|[A-Z][A-Za-z0-9]{1,11}(?:Cap|Ctl|Sta|Msk|Svrt)\d?):|(?:\[virtual\] )?(?:Memory|Expansion ROM|I\/O ports) at )/;
/** What `lspci -k` alone does not print: the record was taken with -v, or with -x. */
const verboseAttribute = /^(?:Control|Status|Flags|Capabilities|Interrupt|Bus|Region \d|Latency):/;
const mostBytes = 4096;
/** Longer than any first line or kernel message: what is joined beyond it is other text that a blank line would have ended. */
const longestJoined = 4096;

interface OpenRecord {
  readonly address: PciAddress;
  readonly line: TextLine;
  header: string;
  readonly attributes: string[];
  /** config space so far, of which `length` bytes have come; records are read one after the other and share the room */
  readonly bytes: Uint8Array;
  length: number;
  /** the header may still go on: no attribute has come yet */
  headerOpen: boolean;
  verbose: boolean;
  /** the group under whose heading it stands */
  readonly listedIn: number | null;
  /** it is indented below that heading */
  readonly below: boolean;
}

/** Sorts the lines of a text into device records, kernel messages and group listings; anything else is left out. */
export function sectionsOf(text: string): Sections {
  const records: DeviceRecord[] = [];
  const log: string[] = [];
  const listed: ListedDevice[] = [];
  const room = new Uint8Array(mostBytes);
  let record: OpenRecord | null = null;
  let heading: { group: number; indent: number; used: boolean } | null = null;
  let logOpen = false;
  let blank = false;

  const close = (): void => {
    const open = record;
    record = null;
    if (!open) return;
    if (open.listedIn !== null && (open.below || !open.verbose)) {
      listed.push({ device: open.address, group: open.listedIn });
    }
    // A description line of a listing is no device record; a record right behind a listing that lost its indentation is.
    if (open.listedIn !== null && !open.verbose) return;
    records.push({
      address: open.address,
      line: open.line.number,
      header: open.header,
      attributes: open.attributes.join(' '),
      bytes: open.bytes.slice(0, open.length),
    });
  };

  for (const line of textLines(text)) {
    const afterBlank = blank;
    blank = line.text === '';
    if (blank) {
      logOpen = false;
      continue;
    }
    if (line.hex) {
      if (record) addBytes(record, line.text);
      continue;
    }
    const opening = line.log === 'stamped' ? null : headingWithMember(line.text);
    if (opening) {
      close();
      heading = { group: opening.group, indent: line.indent, used: false };
    }
    const text = opening?.member ?? (line.log === 'stamped' ? line.text : withoutMarks(line.text));
    const starts = line.log === 'stamped' ? null : recordStart(text);
    if (starts) {
      close();
      const below: boolean = heading !== null && (line.indent > heading.indent || text !== line.text);
      // A title may have a blank line behind it; behind its members a blank line ends them.
      if (!below && afterBlank && heading?.used === true) heading = null;
      if (heading) heading.used = true;
      record = {
        address: starts.address,
        line,
        header: starts.rest,
        attributes: [],
        bytes: room,
        length: 0,
        headerOpen: true,
        verbose: false,
        listedIn: heading?.group ?? null,
        below,
      };
      logOpen = false;
      continue;
    }
    const members = heading === null || line.log === 'stamped' ? [] : membersOf(text);
    if (heading !== null && members.length > 0 && (line.indent > heading.indent || !afterBlank || !heading.used)) {
      close();
      heading.used = true;
      for (const device of members) listed.push({ device, group: heading.group });
      continue;
    }
    const told = listedDevice(text);
    if (told) {
      close();
      heading = null;
      logOpen = false;
      listed.push(told);
      continue;
    }
    const group = groupHeading(line.text);
    // `Flags: …, IOMMU group 12` and `…: Adding to iommu group 12` wrap before their last words too.
    const wrapped: boolean =
      !afterBlank &&
      (record?.attributes.at(-1)?.endsWith(',') === true || (logOpen && log.at(-1)?.endsWith(' to') === true));
    if (group !== null && !wrapped) {
      close();
      heading = { group, indent: line.indent, used: false };
      logOpen = false;
      continue;
    }
    if (line.log !== 'no') {
      close();
      heading = null;
      logOpen = line.log === 'stamped';
      log.push(line.text);
      continue;
    }
    // lspci ends a record with a blank line; pastes that double their line ends go on with an attribute.
    if (record && afterBlank && !attributeStart.test(line.text)) close();
    if (record) addAttribute(record, line.text);
    else if (logOpen) log.push(`${log.pop() ?? ''} ${line.text}`.slice(0, longestJoined));
  }
  close();
  return { records, log, listed };
}

/** The value of a hexadecimal digit: in ASCII the letters stand nine below a multiple of sixteen. */
const nibble = (code: number): number => (code & 15) + (code > 57 ? 9 : 0);

function addBytes(record: OpenRecord, line: string): void {
  const colon = line.indexOf(':');
  // A second dump of the same record, or a line that was lost before this one: bytes without a gap only.
  if (parseInt(line.slice(0, colon), 16) !== record.length || record.length >= mostBytes) return;
  for (let at = colon + 2; at < line.length; at += 3) {
    record.bytes[record.length++] = (nibble(line.charCodeAt(at)) << 4) | nibble(line.charCodeAt(at + 1));
  }
  record.verbose = true;
  record.headerOpen = false;
}

function addAttribute(record: OpenRecord, text: string): void {
  if (attributeStart.test(text)) {
    record.headerOpen = false;
    record.verbose ||= verboseAttribute.test(text);
  }
  if (record.headerOpen) record.header = `${record.header} ${text}`.slice(0, longestJoined);
  else record.attributes.push(text);
}
