import { parseAddress, type PciAddress } from '../address.ts';
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
  readonly listed: readonly { readonly device: PciAddress; readonly group: number }[];
}

/** How lines of a record begin that belong to no other kind of text; what they are is for others to say. */
const attributeStart =
  /^(?:(?:DeviceName|Subsystem|Physical Slot|Device tree node|Control|Status|Latency|Interrupt|NUMA node|IOMMU group|Flags|Bus|Region \d|(?:I\/O|Memory|Prefetchable memory) behind bridge|Secondary status|BridgeCtl|Capabilities|Kernel driver in use|Kernel modules):|(?:\[virtual\] )?(?:Memory|Expansion ROM|I\/O ports) at )/;
/** What `lspci -k` alone does not print: the record was taken with -v, or with -x. */
const verboseAttribute = /^(?:Control|Status|Flags|Capabilities|Interrupt|Bus|Region \d|Latency):/;
const groupHead = /^IOMMU group (\d{1,6}) ?:?$/i;
const groupMember = /^IOMMU group (\d{1,6}) ?:? ((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7])\b/i;
/** Below a heading an address alone names a member: scripts print what they like behind it. */
const bareMember = /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7])(?:\s|$)/i;
const groupPath = /iommu_groups\/(\d{1,6})\/devices\/([0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7])\b/i;
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
  const listed: { device: PciAddress; group: number }[] = [];
  const room = new Uint8Array(mostBytes);
  let record: OpenRecord | null = null;
  let heading: { group: number; indent: number } | null = null;
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
    const starts = line.log === 'stamped' ? null : recordStart(line.text);
    if (starts) {
      close();
      const below: boolean = heading !== null && line.indent > heading.indent;
      if (!below && afterBlank) heading = null;
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
    const member = heading === null || line.log === 'stamped' ? null : bareMember.exec(line.text)?.[1];
    const named = member === undefined || member === null ? null : parseAddress(member);
    if (heading !== null && named !== null && (line.indent > heading.indent || !afterBlank)) {
      close();
      listed.push({ device: named, group: heading.group });
      continue;
    }
    const path = groupPath.exec(line.text) ?? groupMember.exec(line.text);
    const device = path?.[2] === undefined ? null : parseAddress(path[2]);
    if (path?.[1] !== undefined && device) {
      close();
      heading = null;
      logOpen = false;
      listed.push({ device, group: parseInt(path[1], 10) });
      continue;
    }
    const head = groupHead.exec(line.text);
    // `Flags: …, IOMMU group 12` wraps before its last words too.
    const wrapped: boolean = record?.attributes.at(-1)?.endsWith(',') === true && !afterBlank;
    if (head?.[1] !== undefined && !wrapped) {
      close();
      heading = { group: parseInt(head[1], 10), indent: line.indent };
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
