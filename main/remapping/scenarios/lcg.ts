/** A linear congruential generator (Numerical Recipes' constants): the same seed gives the same traffic, everywhere. */
export class Lcg {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** An integer from 0 to `limit` - 1; `limit` up to 65 536. The upper bits, since the lower ones of an LCG are poor. */
  below(limit: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) | 0;
    return (((this.state >>> 16) & 0xffff) * limit) >>> 16;
  }

  /** True once in `count` calls, on average. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }
}
