import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import { register, status } from './registers.ts';

/** Where a log has its registers, and its bits of STATUS. */
export interface RingPlaces {
  readonly base: number;
  readonly head: number;
  readonly tail: number;
  /** 16, or 8 for the guest log */
  readonly entryBytes: number;
  readonly run: number;
  readonly overflow: number;
  readonly interrupt: number;
  /** register that names where in memory the tail is written too; null: nowhere */
  readonly tailCopy: number | null;
}

export const eventRing: RingPlaces = {
  base: register.EVT_BASE,
  head: register.EVT_HEAD,
  tail: register.EVT_TAIL,
  entryBytes: 16,
  run: status.eventRun,
  overflow: status.eventOverflow,
  interrupt: status.eventInterrupt,
  tailCopy: null,
};
export const pageRing: RingPlaces = {
  base: register.PPR_BASE,
  head: register.PPR_HEAD,
  tail: register.PPR_TAIL,
  entryBytes: 16,
  run: status.pageRun,
  overflow: status.pageOverflow,
  interrupt: status.pageInterrupt,
  tailCopy: null,
};
export const guestRing: RingPlaces = {
  base: register.GA_BASE,
  head: register.GA_HEAD,
  tail: register.GA_TAIL,
  entryBytes: 8,
  run: status.guestRun,
  overflow: status.guestOverflow,
  interrupt: status.guestInterrupt,
  tailCopy: register.GA_TAIL_ADDRESS,
};

/** What became of an entry. `failed`: the log's own memory refused it. */
export type Appended = 'written' | 'off' | 'full' | 'failed';

/**
 * A log in memory that the unit writes and software reads: event log, page request log, guest log (AMD 48882 2.5, 2.6;
 * Linux amd_iommu_restart_log). One entry always stays free, so that full and empty differ.
 */
export class RingLog {
  private readonly memory: PhysicalMemory;
  private readonly registers: RegisterFile;
  private readonly places: RingPlaces;
  private readonly signal: () => boolean;

  /** `signal`: sends the log's interrupt where software wants it; false where not. */
  constructor(memory: PhysicalMemory, registers: RegisterFile, places: RingPlaces, signal: () => boolean) {
    this.memory = memory;
    this.registers = registers;
    this.places = places;
    this.signal = signal;
  }

  /** Writes an entry and sends the interrupt. */
  append(words: readonly number[]): Appended {
    const appended = this.put(words);
    this.announce(appended);
    return appended;
  }

  /** The interrupt of an entry that was written, or lost for want of room. */
  announce(appended: Appended): void {
    if (appended === 'written' || appended === 'full') this.signal();
  }

  /** `words`: the entry, lowest word first; as many as the log's entries have. Its interrupt is still to be announced. */
  put(words: readonly number[]): Appended {
    const { registers, places } = this;
    // 1. Not switched on, or stopped by an earlier overflow or failure.
    if ((registers.read(register.STATUS) & (places.run | places.overflow)) !== places.run) return 'off';
    // 2. Full: the overflow bit stops the log until software turns it off, clears the bit and turns it on again.
    const bytes = 16 << ((registers.read(places.base + 4) >>> 24) & 0xf);
    const tail = registers.read(places.tail) % bytes;
    const next = (tail + places.entryBytes) % bytes;
    if (next === registers.read(places.head) % bytes) {
      registers.raise(register.STATUS, places.overflow);
      registers.clear(register.STATUS, places.run);
      return 'full';
    }
    // 3. The entry; where memory refuses it, the log stops.
    if (!this.store(tail, words)) {
      registers.clear(register.STATUS, places.run);
      return 'failed';
    }
    // 4. The tail.
    registers.set(places.tail, next);
    this.copyTail(next);
    registers.raise(register.STATUS, places.interrupt);
    return 'written';
  }

  /** The guest log's tail is in memory too, where software gave an address (Linux iommu_init_ga_log). */
  private copyTail(tail: number): void {
    const { memory, registers, places } = this;
    if (places.tailCopy === null) return;
    const hi = registers.read(places.tailCopy + 4);
    const lo = registers.read(places.tailCopy);
    if (hi !== 0 || lo !== 0) memory.writeQuad(hi, lo, 0, tail);
  }

  private store(offset: number, words: readonly number[]): boolean {
    const { memory, registers, places } = this;
    const hi = registers.read(places.base + 4) & 0xfffff;
    const base = registers.read(places.base) & ~0xfff;
    for (let word = 0; word < words.length; word += 2) {
      const lo = (base >>> 0) + offset + word * 4;
      const [low = 0, high = 0] = words.slice(word, word + 2);
      if (memory.writeQuad(hi + Math.floor(lo / 2 ** 32), lo | 0, high, low) !== 0) return false;
    }
    return true;
  }
}
