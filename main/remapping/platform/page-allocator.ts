/** Hands out zeroed 4 KiB pages for tables, upwards from a place in memory that nothing else uses. */
export class PageAllocator {
  private next: number;

  /** `start`: byte address, a multiple of 4096. */
  constructor(start: number) {
    this.next = start;
  }

  /** Address of `pages` pages in a row, aligned to their number (a power of two). */
  take(pages = 1): number {
    const bytes = pages * 4096;
    const address = Math.ceil(this.next / bytes) * bytes;
    this.next = address + bytes;
    return address;
  }
}
