const lowestVector = 16;

/** Vectors 0 to 255 as bits. */
class VectorSet {
  private readonly words = new Int32Array(8);

  has(vector: number): boolean {
    return ((this.words[vector >>> 5] ?? 0) & (1 << (vector & 31))) !== 0;
  }

  add(vector: number): void {
    this.words[vector >>> 5] = (this.words[vector >>> 5] ?? 0) | (1 << (vector & 31));
  }

  remove(vector: number): void {
    this.words[vector >>> 5] = (this.words[vector >>> 5] ?? 0) & ~(1 << (vector & 31));
  }

  /** The highest vector; -1 for none. */
  get highest(): number {
    for (let word = 7; word >= 0; word--) {
      const bits = this.words[word] ?? 0;
      if (bits !== 0) return word * 32 + 31 - Math.clz32(bits);
    }
    return -1;
  }
}

/**
 * A local APIC as far as fixed interrupts need it: what was requested (IRR), what is in service (ISR), and the priority
 * that both are held against (Intel SDM volume 3, "Handling Interrupts with the Local APIC" [recall]).
 */
export class LocalApic {
  /** bits 7:4 are the priority class; interrupts of this class and below wait */
  taskPriority = 0;
  private readonly requested = new VectorSet();
  private readonly inService = new VectorSet();

  /** Notes a request. False: the vector is reserved (0 to 15), or was requested already and the two are one. */
  accept(vector: number): boolean {
    if (vector < lowestVector || vector > 255 || this.requested.has(vector)) return false;
    this.requested.add(vector);
    return true;
  }

  /** PPR: the class of the task or of what is in service, whichever is higher. */
  get processorPriority(): number {
    const serving = Math.max(this.inService.highest, 0);
    return Math.max(this.taskPriority & 0xf0, serving & 0xf0);
  }

  /** The vector that the processor would take now; null where none is requested or all must wait. */
  get pending(): number | null {
    const vector = this.requested.highest;
    return vector >= 0 && (vector & 0xf0) > this.processorPriority ? vector : null;
  }

  /** The processor takes the pending vector: from requested to in service. */
  acknowledge(): number | null {
    const vector = this.pending;
    if (vector === null) return null;
    this.requested.remove(vector);
    this.inService.add(vector);
    return vector;
  }

  /** EOI: the highest in service is done. Answers its vector; null where nothing was in service. */
  endOfInterrupt(): number | null {
    const vector = this.inService.highest;
    if (vector < 0) return null;
    this.inService.remove(vector);
    return vector;
  }

  isRequested(vector: number): boolean {
    return this.requested.has(vector);
  }

  isInService(vector: number): boolean {
    return this.inService.has(vector);
  }
}
