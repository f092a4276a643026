/** A small generator of repeatable randomness (xorshift): the same seed gives the same cases on every machine. */
export class Seeded {
  private state: number;

  constructor(seed: number) {
    // Neighbouring seeds must not give neighbouring streams: mixed once by a multiplicative hash.
    this.state = Math.imul(seed + 1, 0x9e3779b1) | 1;
    for (let round = 0; round < 4; round++) this.next();
  }

  /** 0 to 2^32-1. */
  next(): number {
    let state = this.state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state;
    return state >>> 0;
  }

  /** 0 to count-1. */
  below(count: number): number {
    return Math.floor((this.next() / 2 ** 32) * count);
  }

  chance(probability: number): boolean {
    return this.next() / 2 ** 32 < probability;
  }

  pick<T>(from: readonly T[]): T {
    const one = from[this.below(from.length)];
    if (one === undefined) throw new RangeError('nothing to pick from');
    return one;
  }
}
