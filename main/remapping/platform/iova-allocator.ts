/**
 * Hands out pages of I/O addresses from the top of 32 bits downwards, and again what was freed last, as Linux does
 * (drivers/iommu/iova.c: top-down, with magazines of freed ranges in front).
 */
export class IovaAllocator {
  private next: number;
  private readonly limit: number;
  private readonly freed: number[] = [];

  /** `limit`: the lowest address that may be given out. */
  constructor(top = 2 ** 32, limit = 2 ** 24) {
    // Below the range of interrupt messages, so that no range of addresses is cut by it.
    this.next = Math.min(top, 0xfee00000);
    this.limit = limit;
  }

  /** Address of a free page; null where there is none. */
  take(): number | null {
    const again = this.freed.pop();
    if (again !== undefined) return again;
    if (this.next - 4096 < this.limit) return null;
    this.next -= 4096;
    return this.next;
  }

  give(iova: number): void {
    this.freed.push(iova);
  }
}
