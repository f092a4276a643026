/** One step of a case: what is done to the engine and to QEMU alike. Addresses of memory are below 2^53. */
export type Step =
  | { readonly do: 'poke'; readonly at: number; readonly value: bigint }
  | { readonly do: 'register'; readonly offset: number; readonly value: bigint; readonly bytes: 4 | 8 }
  | { readonly do: 'dma'; readonly device: number; readonly write: boolean; readonly iova: bigint }
  | { readonly do: 'message'; readonly device: number; readonly address: number; readonly data: number };

/** QEMU's intel-iommu with these options; the engine takes its CAP and ECAP. */
export const units = {
  plain: { options: 'aw-bits=48,eim=off', width: 48 },
  caching: { options: 'aw-bits=48,eim=off,caching-mode=on', width: 48 },
  narrow: { options: 'aw-bits=39,eim=off,snoop-control=on,device-iotlb=on', width: 39 },
  second: { options: 'aw-bits=48,eim=off,scalable-mode=on', width: 48 },
  first: { options: 'aw-bits=48,eim=off,scalable-mode=on,fsts=on', width: 48 },
  extended: { options: 'aw-bits=48,eim=on', width: 48 },
} as const;
export type UnitName = keyof typeof units;

/** A seeded sequence of steps on a unit that begins reset, with empty tables. */
export interface World {
  readonly seed: number;
  readonly unit: UnitName;
  readonly steps: readonly Step[];
}

export const memoryBytes = 0x8000000;
/** Every structure in memory lies in here, and is zero before a world begins. */
export const tables = { start: 0x200000, bytes: 0x60000 } as const;
/** Where good translations lead: pages whose words say their own address. */
export const data = { start: 0x400000, pages: 32, wordsUsed: 16 } as const;
/** Where devices leave what they read, with translation off. */
export const scratch = 0x500000;
/** What device buffers hold at first: one page a device. */
export const patterns = 0x510000;

/** The word that memory holds at a data address before a world begins. */
export const tagOf = (address: number): number => (0xd0000000 | (address - data.start)) >>> 0;
/** The word in a slot of a device's buffer: the first half is written out by DMA, the second is read into. */
export const patternOf = (device: number, slot: number): number => (0xb0000000 | (device << 20) | slot) >>> 0;
/** The n-th request of a world writes from this slot, and reads into the one 512 above. */
export const writeSlot = (request: number): number => request;
export const readSlot = (request: number): number => 512 + request;

export const isData = (address: number): boolean =>
  address >= data.start && address < data.start + data.pages * 4096 && (address & 0xfff) < data.wordsUsed * 4;
