/** Words of one entry: requester, address space, domain, then the payload. */
const header = 3;

/**
 * PASID-table entries by requester and address space (VT-d 6.2.3). Direct-mapped: two that fall on one place take turns,
 * which makes eviction easy to see. `find` and `place` answer the offset of the payload in `words`.
 */
export class PasidCache {
  readonly words: Int32Array;
  /** counts every change of what is held, so that the last answer can be used again while it stands */
  generation = 0;
  private readonly stride: number;
  private readonly mask: number;

  /** `entries`: a power of two. */
  constructor(entries: number, payload: number) {
    this.stride = header + payload;
    this.mask = entries - 1;
    this.words = new Int32Array(entries * this.stride).fill(-1);
  }

  private at(source: number, pasid: number): number {
    return ((source ^ (pasid * 7)) & this.mask) * this.stride;
  }

  find(source: number, pasid: number): number {
    const at = this.at(source, pasid);
    return this.words[at] === source && this.words[at + 1] === pasid ? at + header : -1;
  }

  place(source: number, pasid: number, domain: number): number {
    this.generation = (this.generation + 1) | 0;
    const at = this.at(source, pasid);
    this.words[at] = source;
    this.words[at + 1] = pasid;
    this.words[at + 2] = domain;
    return at + header;
  }

  clear(): void {
    this.generation = (this.generation + 1) | 0;
    this.words.fill(-1);
  }

  /** Drops every entry that the test names. */
  drop(test: (source: number, pasid: number, domain: number) => boolean): void {
    this.generation = (this.generation + 1) | 0;
    for (let at = 0; at < this.words.length; at += this.stride) {
      const [source = -1, pasid = -1, domain = -1] = this.words.subarray(at, at + header);
      if (source !== -1 && test(source, pasid, domain)) this.words[at] = -1;
    }
  }
}
