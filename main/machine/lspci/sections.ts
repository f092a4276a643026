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
const groupPath = /iommu_groups\/(\d{1,6})\/devices\/([0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7])\b/i;
const hexLine = /^([0-9a-f]{2,3}):((?: [0-9a-f]{2}){1,16})$/i;
const mostBytes = 4096;
/** Longer than any first line or kernel message: what is joined beyond it is other text that a blank line would have ended. */
const longestJoined = 4096;

interface OpenRecord {
  readonly address: PciAddress;
  readonly line: TextLine;
  header: string;
  readonly attributes: string[];
  readonly bytes: number[];
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
      bytes: Uint8Array.from(open.bytes),
    });
  };

  for (const line of textLines(text)) {
    const afterBlank = blank;
    blank = line.text === '';
    if (blank) {
      logOpen = false;
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
        bytes: [],
        headerOpen: true,
        verbose: false,
        listedIn: heading?.group ?? null,
        below,
      };
      logOpen = false;
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
    const hex = hexLine.exec(line.text);
    if (hex) {
      if (record) addBytes(record, hex);
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

function addBytes(record: OpenRecord, hex: RegExpExecArray): void {
  const [, offset, values] = hex;
  // A second dump of the same record, or a line that was lost before this one: bytes without a gap only.
  if (parseInt(offset ?? '', 16) !== record.bytes.length || record.bytes.length >= mostBytes) return;
  for (const value of (values ?? '').trim().split(' ')) record.bytes.push(parseInt(value, 16));
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
