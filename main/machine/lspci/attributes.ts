/**
 * The attributes of a record, found by their keys in the joined text: damaged pastes put several on one line
 * (`Capabilities: [e0] … Kernel driver in use: igen6_edac`) or one on several.
 */
export interface Attributes {
  readonly subsystem: string | null;
  readonly flags: string | null;
  readonly numaNode: number | null;
  readonly group: number | null;
  readonly driver: string | null;
  /** bus numbers of a bridge */
  readonly buses: { readonly secondary: number; readonly subordinate: number } | null;
  /** what stands before the first capability, where the regions are */
  readonly head: string;
  /** text from each `Capabilities:` to the next */
  readonly capabilities: readonly string[];
  /** `<access denied>`: lspci ran without root */
  readonly denied: boolean;
  /** taken with -v at least, so that what is not there was not on the device */
  readonly verbose: boolean;
}

const capabilityKey = 'Capabilities: ';
/** Where the value of `Subsystem:` can end; -k, -v and -vv continue differently. */
const nextKey =
  / (?:Physical Slot|Device tree node|Control|Flags|Status|Kernel driver in use|Kernel modules|IOMMU group|NUMA node|DeviceName|Interrupt|Bus|Latency): ?/;

export function attributesOf(text: string): Attributes {
  const pieces = text.split(capabilityKey);
  const head = pieces[0] ?? '';
  const subsystem = after(head, 'Subsystem: ');
  const flags = after(head, 'Flags: ');
  return {
    subsystem: subsystem === null ? null : upTo(subsystem, nextKey),
    flags,
    numaNode: numberAfter(head, /\bNUMA node:? (\d{1,5})\b/),
    group: numberAfter(text, /\bIOMMU group:? (\d{1,6})\b/),
    driver: /\bKernel driver in use: ?([^\s,]{1,64})/.exec(text)?.[1] ?? null,
    buses: busesOf(head),
    head,
    capabilities: pieces.slice(1).filter((piece) => piece.startsWith('[')),
    denied: pieces.slice(1).some((piece) => piece.startsWith('<access denied>')),
    verbose: flags !== null || / ?(?:Control|Status): /.test(head) || pieces.length > 1,
  };
}

function after(text: string, key: string): string | null {
  const at = text.indexOf(key);
  return at < 0 ? null : text.slice(at + key.length);
}

function upTo(text: string, end: RegExp): string {
  const match = end.exec(text);
  return (match ? text.slice(0, match.index) : text).trim();
}

function numberAfter(text: string, pattern: RegExp): number | null {
  const match = pattern.exec(text)?.[1];
  return match === undefined ? null : parseInt(match, 10);
}

function busesOf(head: string): Attributes['buses'] {
  const match = /\bBus: primary=[0-9a-f]{2}, secondary=([0-9a-f]{2}), subordinate=([0-9a-f]{2})\b/i.exec(head);
  return match?.[1] && match[2] ? { secondary: parseInt(match[1], 16), subordinate: parseInt(match[2], 16) } : null;
}
