import type { PhysicalMemory } from '../memory/physical-memory.ts';

/** Byte 32 on: ON 0, SN 1, NV 23:16 of the low word; NDST is the high word (VT-d 9.11). */
const controlAt = 32;
const outstanding = 1;
const suppress = 2;

/**
 * The processor's side of a posted-interrupt descriptor: the unit sets bits in it (vtd/posted-interrupts.ts), the processor
 * takes them out. 64 bytes, aligned, at a byte address below 2^52.
 */
export class PostedDescriptor {
  readonly address: number;
  private readonly memory: PhysicalMemory;
  private readonly hi: number;
  private readonly lo: number;

  /** `notification`: vector that tells the processor; `destination`: its APIC id (xAPIC, 8 bits). */
  constructor(memory: PhysicalMemory, address: number, notification: number, destination: number) {
    this.memory = memory;
    this.address = address;
    this.hi = Math.floor(address / 2 ** 32) | 0;
    this.lo = address | 0;
    memory.writeQuad(this.hi, this.lo + controlAt, (destination & 0xff) << 8, notification << 16);
  }

  /** Suppresses notifications while the guest does not run anyway, or allows them again. */
  setSuppressed(suppressed: boolean): void {
    const { memory, hi, lo } = this;
    memory.readQuad(hi, lo + controlAt);
    memory.writeQuad(hi, lo + controlAt, memory.outHi, suppressed ? memory.outLo | suppress : memory.outLo & ~suppress);
  }

  /** Clears ON first and empties PIR after, so that what is posted in between notifies anew. Vectors, lowest first. */
  harvest(): number[] {
    const { memory, hi, lo } = this;
    memory.readQuad(hi, lo + controlAt);
    memory.writeQuad(hi, lo + controlAt, memory.outHi, memory.outLo & ~outstanding);
    const vectors: number[] = [];
    for (let quad = 0; quad < 4; quad++) {
      memory.readQuad(hi, lo + quad * 8);
      const halves = [memory.outLo, memory.outHi];
      if ((memory.outLo | memory.outHi) === 0) continue;
      memory.writeQuad(hi, lo + quad * 8, 0, 0);
      for (const [half, bits] of halves.entries())
        for (let bit = 0; bit < 32; bit++) if (bits & (1 << bit)) vectors.push(quad * 64 + half * 32 + bit);
    }
    return vectors;
  }
}
