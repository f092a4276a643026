const ways = 4;

/**
 * A small set-associative cache with least-recently-used replacement: a non-negative int32 key to a few payload words.
 * Used where the tag is one number (requester, interrupt index). `find` and `place` answer the offset of the payload
 * in `words`.
 */
export class KeyedCache {
  readonly words: Int32Array;
  /** counts every change of what is held, so that the last answer can be used again while it stands */
  generation = 0;
  private readonly keys: Int32Array;
  private readonly stamps: Int32Array;
  private readonly payload: number;
  private readonly setMask: number;
  private readonly ways: number;
  private tick = 0;

  /** `entries`: a power of two; below 4 the cache is fully associative with that many. */
  constructor(entries: number, payload: number) {
    this.ways = Math.min(ways, entries);
    this.payload = payload;
    this.setMask = entries / this.ways - 1;
    this.keys = new Int32Array(entries).fill(-1);
    this.stamps = new Int32Array(entries);
    this.words = new Int32Array(entries * payload);
  }

  find(key: number): number {
    const first = (key & this.setMask) * this.ways;
    for (let entry = first; entry < first + this.ways; entry++) {
      if (this.keys[entry] === key) {
        this.stamps[entry] = ++this.tick;
        return entry * this.payload;
      }
    }
    return -1;
  }

  /** Takes the place of the least recently used of its set. */
  place(key: number): number {
    const first = (key & this.setMask) * this.ways;
    let oldest = first;
    for (let entry = first; entry < first + this.ways; entry++) {
      if (this.keys[entry] === -1) {
        oldest = entry;
        break;
      }
      if ((this.stamps[entry] ?? 0) < (this.stamps[oldest] ?? 0)) oldest = entry;
    }
    this.keys[oldest] = key;
    this.stamps[oldest] = ++this.tick;
    this.generation = (this.generation + 1) | 0;
    return oldest * this.payload;
  }

  /** Says that what was answered last must be asked for again, though nothing is dropped. */
  touch(): void {
    this.generation = (this.generation + 1) | 0;
  }

  clear(): void {
    this.generation = (this.generation + 1) | 0;
    this.keys.fill(-1);
  }

  /** Drops every entry that the test names. */
  drop(test: (key: number, offset: number) => boolean): void {
    this.generation = (this.generation + 1) | 0;
    for (let entry = 0; entry < this.keys.length; entry++) {
      const key = this.keys[entry] ?? -1;
      if (key !== -1 && test(key, entry * this.payload)) this.keys[entry] = -1;
    }
  }

  /** Number of entries in use. */
  get used(): number {
    return this.keys.reduce((sum, key) => sum + (key === -1 ? 0 : 1), 0);
  }
}
