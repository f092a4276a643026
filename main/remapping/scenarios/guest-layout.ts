/** A piece of guest memory, and where the host keeps it. Bytes. */
export interface GuestRange {
  readonly guest: number;
  readonly host: number;
  readonly bytes: number;
}

/** Bytes of all ranges together. */
export const totalBytes = (ranges: readonly GuestRange[]): number => ranges.reduce((sum, { bytes }) => sum + bytes, 0);

/** The guest-physical address of the n-th byte of the guest's memory, holes skipped. */
export function addressAt(ranges: readonly GuestRange[], offset: number): number {
  let left = offset;
  for (const { guest, bytes } of ranges) {
    if (left < bytes) return guest + left;
    left -= bytes;
  }
  return ranges.reduce((end, { guest, bytes }) => Math.max(end, guest + bytes), 0);
}
