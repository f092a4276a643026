import { parseAddress, type PciAddress } from '../address.ts';

/** A device and its group, told in one line. */
export interface ListedDevice {
  readonly device: PciAddress;
  readonly group: number;
}

const address = '(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]';
const fullAddress = '[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]';

/**
 * What scripts print before an address: `[R]` or `[RESET]` where the device has a reset, the ids where they are not at the
 * end (Unraid's System Devices, group viewers), bullets and the lines of a tree; `lspci -PP` the bridges above.
 */
const marks = new RegExp(
  `^(?:\\[(?:R|RESET|[0-9a-f]{4}:[0-9a-f]{4})\\] ?|[-*+\\u2022\\u2500-\\u257f]{1,6} |(?:${address}/){1,8}){1,4}(?=${address}\\b)`,
  'i',
);

/** A line without the marks before its address. */
export const withoutMarks = (line: string): string => line.replace(marks, '');

/** `IOMMU Group 3:`, with or without the colon, dressed as a title; `Group 3:`; `…/iommu_groups/3/devices:` of `ls`. */
const heading =
  /^[#=*-]{0,16} ?(?:IOMMU group (\d{1,6}) ?[:-]?|group (\d{1,6}):|\S{0,64}\/iommu_groups\/(\d{1,6})(?:\/devices)?\/?:) ?[#=*-]{0,16}$/i;

/** The group that a line announces the members of. */
export function groupHeading(line: string): number | null {
  const match = heading.exec(line);
  const group = match?.[1] ?? match?.[2] ?? match?.[3];
  return group === undefined ? null : parseInt(group, 10);
}

/** Lines that name both. */
const both: readonly { readonly pattern: RegExp; readonly groupFirst: boolean }[] = [
  { pattern: new RegExp(`iommu_groups/(\\d{1,6})/devices/(${fullAddress})\\b`, 'i'), groupFirst: true },
  { pattern: new RegExp(`^IOMMU group (\\d{1,6}) ?:? (${address})\\b`, 'i'), groupFirst: true },
  // `readlink` and `ls -l` of /sys/bus/pci/devices/…/iommu_group
  { pattern: new RegExp(`(${fullAddress})\\b.{0,24} \\S{0,64}/iommu_groups/(\\d{1,6})$`, 'i'), groupFirst: false },
  // `Bus 1 --> 0000:00:14.0 (IOMMU group 5)`
  { pattern: new RegExp(`(${address}) \\(IOMMU group (\\d{1,6})\\)`, 'i'), groupFirst: false },
  // `pvesh get /nodes/NAME/hardware/pci` of Proxmox VE
  { pattern: new RegExp(`\\u2502 (${fullAddress}) \\u2502 (\\d{1,6}) \\u2502`, 'i'), groupFirst: false },
];

/** Device and group that a line tells by itself. */
export function listedDevice(line: string): ListedDevice | null {
  for (const { pattern, groupFirst } of both) {
    const [, first, second] = pattern.exec(line) ?? [];
    const device = parseAddress((groupFirst ? second : first) ?? '');
    const group = (groupFirst ? first : second) ?? '';
    if (device) return { device, group: parseInt(group, 10) };
  }
  return null;
}

const marked = new RegExp(`^(?:IOMMU )?group (\\d{1,6}):? (\\[.{1,24}\\] ?${address}\\b.{0,200})$`, 'i');

/** `IOMMU group 3:\t[8086:1901] 00:01.0 …`: the first member stands behind the heading, the others below it. */
export function headingWithMember(line: string): { readonly group: number; readonly member: string } | null {
  const match = marked.exec(line);
  return match?.[1] !== undefined && match[2] !== undefined
    ? { group: parseInt(match[1], 10), member: withoutMarks(match[2]) }
    : null;
}

const alone = new RegExp(`^(${address})(?: |$)`, 'i');
const several = new RegExp(`^${address}(?: ${address})+$`, 'i');
const linked = new RegExp(`^l[rwx]{9} .{0,80} (${fullAddress}) -> [./]{2,40}devices/`, 'i');

/** Members below a heading: an address and whatever a script prints behind it, all of `ls`, or a link of `ls -l`. */
export function membersOf(line: string): PciAddress[] {
  const texts = several.test(line) ? line.split(' ') : [(alone.exec(line) ?? linked.exec(line))?.[1] ?? ''];
  return texts.flatMap((text) => parseAddress(text) ?? []);
}
