import type { Bar } from '../pci-function.ts';

/**
 * Regions as lspci prints them (pciutils lspci.c show_bases, show_rom): `Region 1: Memory at 6000000000 (64-bit,
 * prefetchable) [size=8G]` with -vv, without the number with -v; `[virtual]` stands behind the words in old releases.
 */
const region =
  /(?:Region (\d): )?(?:\[virtual\] )?(?:(Memory) at ([0-9a-f]{1,16}|<[a-z0-9-]{1,24}>) \((32-bit|64-bit|low-1M|type 3), (non-)?prefetchable\)|(I\/O ports) at ([0-9a-f]{1,16}|<[a-z0-9-]{1,24}>)|(Expansion ROM) at ([0-9a-f]{1,16}|<[a-z0-9-]{1,24}>))((?: \[[a-z ]{1,16}\]){0,3})(?: \[size=(\d{1,6})([KMGT]?)\])?/gi;

const units: Readonly<Record<string, bigint>> = { K: 1024n, M: 1024n ** 2n, G: 1024n ** 3n, T: 1024n ** 4n };

export interface Regions {
  readonly bars: readonly Bar[];
  /** numbers were printed; without them the index is counted and may be too low */
  readonly numbered: boolean;
}

/** The regions in what stands before the capabilities: those inside the SR-IOV capability belong to virtual functions. */
export function readRegions(head: string): Regions {
  const bars: Bar[] = [];
  let numbered = true;
  let next = 0;
  for (const match of head.matchAll(region)) {
    const [, number, memory, memoryAt, width, non, io, ioAt, rom, romAt, marks, count, unit] = match;
    const bits = width === '64-bit' ? 64 : 32;
    if (number === undefined && rom === undefined) numbered = false;
    const index = rom !== undefined ? 6 : number === undefined ? next : Number(number);
    if (rom === undefined) next = index + (bits === 64 ? 2 : 1);
    if (index > 6 || (rom === undefined && index > 5) || bars.some((bar) => bar.index === index)) continue;
    bars.push({
      index,
      kind: memory !== undefined ? 'memory' : io !== undefined ? 'io' : 'rom',
      address: hexAddress(memoryAt ?? ioAt ?? romAt ?? ''),
      size: count === undefined ? null : sizeOf(count, (unit ?? '').toUpperCase()),
      bits,
      prefetchable: memory !== undefined && non === undefined,
      enabled: !(marks ?? '').includes('disabled'),
    });
  }
  return { bars, numbered };
}

function hexAddress(text: string): string | null {
  const digits = /^0*([0-9a-f]+)$/i.exec(text)?.[1]?.toLowerCase();
  return digits === undefined || digits === '0' ? null : `0x${digits}`;
}

const sizeOf = (count: string, unit: string): string => `0x${(BigInt(count) * (units[unit] ?? 1n)).toString(16)}`;
