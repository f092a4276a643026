import type { Bar } from '../pci-function.ts';
import type { HeaderKind } from './header.ts';
import { dwordAt, wordAt } from './registers.ts';

const layout = {
  endpoint: { count: 6, rom: 0x30 },
  bridge: { count: 2, rom: 0x38 },
  cardbus: { count: 1, rom: null },
  unknown: { count: 0, rom: null },
} as const satisfies Record<HeaderKind, { count: number; rom: number | null }>;

const hex64 = (high: number, low: number): string =>
  high === 0 ? `0x${low.toString(16)}` : `0x${high.toString(16)}${low.toString(16).padStart(8, '0')}`;

/** The base address registers as they stand; sizes are not in them (only writing all ones would tell, and we never write). */
export function decodeBars(bytes: Uint8Array, kind: HeaderKind): Bar[] {
  const command = wordAt(bytes, 0x04) ?? 0;
  const { count, rom } = layout[kind];
  const bars: Bar[] = [];
  for (let index = 0; index < count; index++) {
    const low = dwordAt(bytes, 0x10 + 4 * index);
    if (low === null) break;
    const at = index;
    const wide = (low & 0b111) === 0b100 && index + 1 < count;
    const high = wide ? (dwordAt(bytes, 0x10 + 4 * ++index) ?? 0) : 0;
    // An unimplemented register reads zero; an implemented I/O or 64-bit one shows at least its type bits.
    if (low === 0 && high === 0) continue;
    const io = (low & 1) === 1;
    const base = (io ? low & 0xfffffffc : low & 0xfffffff0) >>> 0;
    bars.push({
      index: at,
      kind: io ? 'io' : 'memory',
      address: base === 0 && high === 0 ? null : hex64(high, base),
      size: null,
      bits: wide ? 64 : 32,
      prefetchable: !io && (low & 0b1000) !== 0,
      enabled: (command & (io ? 1 : 2)) !== 0,
    });
  }
  const romRegister = rom === null ? null : dwordAt(bytes, rom);
  if (romRegister !== null && romRegister >>> 11 !== 0) {
    bars.push({
      index: 6,
      kind: 'rom',
      address: hex64(0, (romRegister & 0xfffff800) >>> 0),
      size: null,
      bits: 32,
      prefetchable: false,
      enabled: (romRegister & 1) === 1 && (command & 2) !== 0,
    });
  }
  return bars;
}
