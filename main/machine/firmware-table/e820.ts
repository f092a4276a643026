import type { MemoryRange } from './shape.ts';

type Kind = MemoryRange['kind'];

/** Entries of a map, many more than any firmware has (the boot protocol carries 128). */
export const mostRanges = 4096;

/** Words of the firmware's map in the log (arch/x86/kernel/e820.c e820_print_type). */
const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/^usable/, 'usable'],
  [/^reserved/, 'reserved'],
  [/^ACPI data/, 'acpi-data'],
  [/^ACPI NVS/, 'acpi-nvs'],
];
const line = /^BIOS-e820: \[mem 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})\] (.{1,40})$/i;

export const memoryRange = (start: string, end: string, kind: Kind): MemoryRange => ({
  start: `0x${BigInt(`0x${start}`).toString(16)}`,
  end: `0x${BigInt(`0x${end}`).toString(16)}`,
  kind,
});

/** A range of the firmware's memory map in a message of the kernel log; null for every other message. */
export function e820Range(message: string): MemoryRange | null {
  const match = line.exec(message);
  if (!match) return null;
  const [, start = '0', end = '0', words = ''] = match;
  return memoryRange(start, end, kinds.find(([pattern]) => pattern.test(words))?.[1] ?? 'other');
}
