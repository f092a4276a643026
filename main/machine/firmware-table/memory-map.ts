import { measured, unknown, type Fact } from '../fact.ts';
import { needOf, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import { logLine } from '../kernel-log/log-line.ts';
import { e820Range, memoryRange, mostRanges } from './e820.ts';
import type { MemoryRange, ReservedRange } from './shape.ts';

type Kind = MemoryRange['kind'];

/** Ranges of the firmware's map in proc/iomem (arch/x86/kernel/e820.c e820_type_to_string): the kernel's own are nested below them. */
const iomemKinds: Readonly<Record<string, Kind>> = {
  'System RAM': 'usable',
  Reserved: 'reserved',
  'ACPI Tables': 'acpi-data',
  'ACPI Non-volatile Storage': 'acpi-nvs',
};
const iomemLine = /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) : (.{1,60})$/;

/** From the kernel log, which has the firmware's own map; else from proc/iomem, whose addresses only root sees. */
export function readMemoryMap(tree: HostTree): Fact<MemoryRange[]> {
  const log = textOf(tree, 'cmd/dmesg.txt') ?? '';
  const logged = log.includes('BIOS-e820')
    ? log
        .split('\n')
        .flatMap((line) => (line.includes('BIOS-e820') ? (e820Range(logLine(line).message) ?? []) : []))
        .slice(0, mostRanges)
    : [];
  if (logged.length > 0) return measured(logged, 'kernel log, BIOS-e820');
  const path = 'proc/iomem';
  const text = textOf(tree, path);
  if (text === null) return unknown(needOf(tree, path), `/${path}`);
  const ranges = text
    .split('\n')
    .slice(0, mostRanges)
    .flatMap((line) => {
      const [, start = '', end = '', name = ''] = iomemLine.exec(line) ?? [];
      const kind = iomemKinds[name];
      return kind === undefined ? [] : [memoryRange(start, end, kind)];
    });
  // Without CAP_SYS_ADMIN every address reads zero (kernel/resource.c r_show).
  if (ranges.every(({ end }) => end === '0x0')) return unknown('root', `/${path}`);
  return measured(ranges, `/${path}`);
}

/** What a map says of a range, first and last byte included. */
export function memoryOf(start: bigint, end: bigint, map: readonly MemoryRange[]): ReservedRange['memory'] {
  // Linux wants one reserved or NVS region around the whole range (arch/x86/include/asm/iommu.h arch_rmrr_sanity_check).
  if (covered(start, end, map, ['reserved']) || covered(start, end, map, ['acpi-nvs'])) return 'reserved';
  if (covered(start, end, map, ['usable'])) return 'usable';
  const touches = map.some((each) => each.kind === 'usable' && BigInt(each.start) <= end && BigInt(each.end) >= start);
  return touches ? 'partly-usable' : 'not-reserved';
}

function covered(start: bigint, end: bigint, map: readonly MemoryRange[], kinds: readonly Kind[]): boolean {
  let next = start;
  const sorted = map
    .filter(({ kind }) => kinds.includes(kind))
    .map((each) => [BigInt(each.start), BigInt(each.end)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [from, to] of sorted) {
    if (from > next) return false;
    if (to >= next) next = to + 1n;
    if (next > end) return true;
  }
  return false;
}
