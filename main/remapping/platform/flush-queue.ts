/** Who is told that the time of a batch has come. */
interface Batch {
  /** invalidates everything that was unmapped */
  readonly flush: () => void;
  /** an address may be used again */
  readonly release: (iova: number) => void;
}

/**
 * Unmapped addresses that wait for one invalidation together (Linux drivers/iommu/dma-iommu.c queue_iova). Until then a
 * device may still reach the page behind each of them, and none of them is given out again.
 */
export class FlushQueue {
  flushes = 0;
  private readonly waiting: number[] = [];
  private since = 0;
  private readonly batch: Batch;
  private readonly capacity: number;
  private readonly timeout: number;

  /** `capacity`: addresses; `timeout`: nanoseconds that the oldest waits at most. */
  constructor(batch: Batch, capacity: number, timeout: number) {
    this.batch = batch;
    this.capacity = capacity;
    this.timeout = timeout;
  }

  get length(): number {
    return this.waiting.length;
  }

  /** `now`: simulated nanoseconds. */
  add(iova: number, now: number): void {
    if (this.waiting.length === 0) this.since = now;
    this.waiting.push(iova);
    if (this.waiting.length >= this.capacity) this.flush();
  }

  /** The timer: flushes what has waited long enough. */
  tick(now: number): void {
    if (this.waiting.length > 0 && now - this.since >= this.timeout) this.flush();
  }

  private flush(): void {
    this.batch.flush();
    this.flushes++;
    for (const iova of this.waiting) this.batch.release(iova);
    this.waiting.length = 0;
  }
}
