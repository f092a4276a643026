import type { GuestRange } from './guest-layout.ts';

const gibibyte = 2 ** 30;
/** Host memory: 64 GiB; tables at 4 GiB, guest memory at 16 GiB, where no guest-physical address is a host one. All of it sparse. */
export const hostMemory = 64 * gibibyte;
export const tableBase = 4 * gibibyte;
const guestBase = 16 * gibibyte;

/**
 * Guest memory of the story's virtual machine, laid out as QEMU's q35 does: 2 GiB below the PCI hole, the rest from
 * 4 GiB on.
 */
export const guestMemory = [
  { guest: 0, host: guestBase, bytes: 2 * gibibyte },
  { guest: 4 * gibibyte, host: guestBase + 2 * gibibyte, bytes: 5.75 * gibibyte },
] as const;

/** 2 MiB of it are mapped in 4 KiB pages, so that a walk there visits every level. */
export const smallPages = { guest: 0x1_4a60_0000, bytes: 2 * 2 ** 20 } as const;

/** Vectors that Linux gives to devices start above 20h; this is one of them. */
export const storyVector = 0x41;
export const storyProcessor = 5;
export const storyInterruptIndex = 7;
/** An entry that is not the device's: what a forged interrupt names. */
export const foreignInterruptIndex = storyInterruptIndex + 1;

/** Cached pages of the simulated unit: the reach that pcie-bench saw (SIGCOMM 2018 [recall]). */
export const cachedPages = 64;
export const cachedEntries = 16;

/** An old-style message for the same: vector and processor in the message itself (Intel SDM volume 3, message address). */
export const oldFormatMessage = { address: 0xfee00000 + storyProcessor * 0x1000, data: storyVector } as const;

/** Bytes of an address space that an invalidation of all of it names: three levels, and no range has more. */
export const wholeSpace = 2 ** 39;

/** Memory of whoever owns another device: where that device’s tables lead. */
export const otherMemory = { host: 48 * gibibyte, bytes: 2 ** 21 } as const;

/** A page of the host’s own memory: not the guest’s, and below the PCI hole. */
export const hostPage = 0x7f40_1000;

/** A piece of guest memory, and whether it is mapped in 4 KiB pages. */
export interface GuestPart {
  readonly iova: number;
  readonly physical: number;
  readonly bytes: number;
  readonly small: boolean;
}

/** All guest memory, cut at the edges of `smallPages`; with large pages these too are mapped in one piece. */
export const guestParts = (pages: 'small' | 'large'): readonly GuestPart[] =>
  guestMemory.flatMap(partsOf).map((part) => ({ ...part, small: part.small && pages === 'small' }));

function partsOf({ guest, host, bytes }: GuestRange): readonly GuestPart[] {
  const end = guest + bytes;
  const from = Math.min(Math.max(smallPages.guest, guest), end);
  const to = Math.min(Math.max(smallPages.guest + smallPages.bytes, guest), end);
  const part = (first: number, last: number, small: boolean): GuestPart => ({
    iova: first,
    physical: host + first - guest,
    bytes: last - first,
    small,
  });
  return [part(guest, from, false), part(from, to, true), part(to, end, false)].filter((one) => one.bytes > 0);
}

export const hex = (address: number): `0x${string}` => `0x${address.toString(16)}`;
