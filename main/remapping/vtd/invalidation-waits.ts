import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { EventMessage } from './event-message.ts';
import type { Descriptor } from './queue-descriptors.ts';
import { register } from './registers.ts';

const flag = { interrupt: 1 << 4, status: 1 << 5, fence: 1 << 6 } as const;

interface Pending {
  readonly words: Descriptor;
  /** device-TLB requests that were sent before it */
  readonly sent: number;
}

/**
 * Invalidation wait descriptors that were fetched (VT-d 6.5.2.9 [recall the number]). The unit's own caches are done by
 * then; device TLBs may not be, and what is behind a wait goes on meanwhile unless it has FN.
 */
export class InvalidationWaits {
  private readonly memory: PhysicalMemory;
  private readonly registers: RegisterFile;
  private readonly completion: EventMessage;
  private pending: Pending[] = [];

  constructor(memory: PhysicalMemory, registers: RegisterFile, completion: EventMessage) {
    this.memory = memory;
    this.registers = registers;
    this.completion = completion;
  }

  /** Nothing that follows may be started. */
  get fenced(): boolean {
    return this.pending.some(({ words: [w0 = 0] }) => (w0 & flag.fence) !== 0);
  }

  /** A wait behind `sent` device-TLB requests, of which those from `oldest` on are under way. False: its status could not be written. */
  take(words: Descriptor, sent: number, oldest: number, watch: Watch | null): boolean {
    if (oldest >= sent) return this.complete(words, watch);
    this.pending.push({ words, sent });
    return true;
  }

  /** Completes those that wait for nothing any more, in order. False: a status could not be written. */
  settle(oldest: number, watch: Watch | null): boolean {
    const done = this.pending.filter(({ sent }) => sent <= oldest);
    this.pending = this.pending.filter(({ sent }) => sent > oldest);
    return done.map(({ words }) => this.complete(words, watch)).every(Boolean);
  }

  /** A device did not answer: none of the waits completes (Linux drivers/iommu/intel/dmar.c qi_check_fault). */
  abort(watch: Watch | null): void {
    for (const { words } of this.pending) watch?.decided('wait-aborted', words[2] ?? 0, 0, 0);
    this.pending = [];
  }

  /** SW writes status, IF raises the completion event. */
  private complete([w0 = 0, w1 = 0, w2 = 0, w3 = 0]: Descriptor, watch: Watch | null): boolean {
    const { memory, registers, completion } = this;
    // 1. Status first, so that who takes the interrupt finds it.
    if (w0 & flag.status && memory.writeWord(w3, w2 & ~3, w1) !== 0) return false;
    // 2. The event only where none is waiting for software already.
    if (w0 & flag.interrupt && (registers.read(register.ICS) & 1) === 0) {
      registers.raise(register.ICS, 1);
      completion.raise();
    }
    watch?.decided('wait-completed', w2, w1, 0);
    return true;
  }
}
