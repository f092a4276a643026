import type { Reach } from '../scenario-shape.ts';
import type { Place } from './catalogue.ts';
import type { FullPath } from './stand-ins.ts';
import { guestMemory, hostPage, otherMemory, smallPages } from './story-layout.ts';

/** Guest-physical address of the page that most scenarios write to: a different index at each level. */
const page = smallPages.guest + 0x12_3040;

/** A page of the guest that may be read only, and one that a driver maps for one transfer and takes back. */
export const romPage = smallPages.guest + 0x1a_5000;
export const bufferPage = smallPages.guest + 0x0b_7000;

/** The whole pages of the range that the firmware wants mapped: byte addresses. */
export const reservedPages = ({ first, last }: FullPath['reserved']): { start: number; bytes: number } => {
  const start = first - (first % 4096);
  return { start, bytes: Math.min(Math.ceil((last + 1 - start) / 4096) * 4096, 2 ** 30) };
};

/** Where a request goes, as a byte address that the device uses. */
export function addressOfPlace(place: Place, path: FullPath): number {
  switch (place) {
    case 'page':
      return page;
    case 'same-page':
      return page + 0x40;
    case 'past-guest':
      // One page past the end of the guest's memory.
      return guestMemory[1].guest + guestMemory[1].bytes + 0x1000;
    case 'rom':
      return romPage + 0x80;
    case 'buffer':
      return bufferPage + 0x100;
    case 'peer-memory':
      return path.peer.memory + 0x40;
    case 'reserved-memory':
      return reservedPages(path.reserved).start + 0x40;
    case 'host-page':
      return hostPage + 0x40;
  }
}

const within = (address: number, base: number, bytes: number): boolean => address >= base && address < base + bytes;
/** As much of a peer's memory is known to be its own: sizes of base address registers are often not told. */
const peerBytes = 4096;

export const isPeerMemory = (address: number, path: FullPath): boolean => within(address, path.peer.memory, peerBytes);

/** Whose memory a host physical address is. */
export function reachOf(address: number, path: FullPath): Reach {
  if (isPeerMemory(address, path)) return 'peer';
  if (within(address, otherMemory.host, otherMemory.bytes)) return 'other';
  return guestMemory.some(({ host, bytes }) => within(address, host, bytes)) ? 'guest' : 'host';
}
