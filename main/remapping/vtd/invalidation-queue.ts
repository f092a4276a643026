import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import type { EventMessage } from './event-message.ts';
import type { FaultLog } from './fault-log.ts';
import type { Invalidation } from './invalidation.ts';
import { descriptorProblem, queueError } from './queue-descriptors.ts';
import type { Descriptor } from './queue-descriptors.ts';
import type { PageRequests } from './page-requests.ts';
import { faultStatus, global, register } from './registers.ts';
import { tableMode } from './state.ts';
import type { LatchedState } from './state.ts';

const descriptorWidth = 1 << 11;

/** The parts of a unit that the queue works with. */
export interface QueueParts {
  readonly registers: RegisterFile;
  readonly memory: PhysicalMemory;
  readonly capabilities: Capabilities;
  readonly state: LatchedState;
  readonly invalidation: Invalidation;
  readonly faults: FaultLog;
  readonly completion: EventMessage;
  readonly pageRequests: PageRequests;
}

/** Queued invalidation (VT-d 6.5.2): descriptors in memory between IQH and IQT, run one after the other. */
export class InvalidationQueue {
  private readonly parts: QueueParts;

  constructor(parts: QueueParts) {
    this.parts = parts;
  }

  /** QIE was set: the queue starts at its first descriptor. */
  start(): void {
    this.parts.registers.set(register.IQH, 0);
  }

  /** Runs until the queue is empty or a descriptor stops it. */
  run(watch: Watch | null): void {
    while (this.step(watch));
  }

  /** One descriptor; false where there is nothing to run. */
  step(watch: Watch | null): boolean {
    const { registers } = this.parts;
    // 1. Fetch only while QIES=1, IQE=0 and the head is not at the tail.
    if ((registers.read(register.GSTS) & global.queue) === 0) return false;
    if (registers.read(register.FSTS) & faultStatus.queueError) return false;
    const head = registers.read(register.IQH);
    const tail = registers.read(register.IQT);
    if (head === tail) return false;
    // 2. The tail must be inside the queue and on a descriptor.
    const queue = registers.read(register.IQA);
    const bytes = 4096 << (queue & 7);
    const width = queue & descriptorWidth ? 32 : 16;
    // Scalable mode takes descriptors of 256 bits only (VT-d 11.4.9.9); QEMU takes both.
    if (width === 16 && this.parts.state.mode === tableMode.scalable) return this.stop(queueError.width, watch);
    if (tail >= bytes) return this.stop(queueError.tail, watch);
    if (tail % width !== 0) return this.stop(queueError.tailAlignment, watch);
    // 3. Fetch and check the descriptor; the head stays on it where something is wrong.
    const descriptor = this.fetch(head, width);
    if (descriptor === null) return this.stop(queueError.fetch, watch);
    const problem = descriptorProblem(descriptor, this.parts.capabilities);
    if (problem !== queueError.none) return this.stop(problem, watch);
    // 4. Run it, and go on to the next.
    const problemRunning = this.perform(descriptor, watch);
    if (problemRunning !== null) return this.stop(problemRunning, watch);
    registers.set(register.IQH, (head + width) % bytes);
    return true;
  }

  private fetch(head: number, width: number): Descriptor | null {
    const { memory, registers } = this.parts;
    const words: number[] = [];
    const atHi = registers.read(register.IQA + 4);
    const base = registers.read(register.IQA) & ~0xfff;
    for (let quad = 0; quad < width / 8; quad++) {
      // A queue is at most 512 KiB and may cross a 4 GiB line, so the carry matters.
      const atLo = (base >>> 0) + head + quad * 8;
      if (memory.readQuad(atHi + Math.floor(atLo / 2 ** 32), atLo | 0) !== 0) return null;
      words.push(memory.outLo, memory.outHi);
    }
    return words;
  }

  private perform(words: Descriptor, watch: Watch | null): number | null {
    const { invalidation } = this.parts;
    const [w0 = 0, w1 = 0, w2 = 0, w3 = 0] = words;
    switch (w0 & 0xf) {
      case 1:
        invalidation.contextCache((w0 >>> 4) & 3, w0 >>> 16, w1 & 0xffff, (w1 >>> 16) & 3, watch);
        return null;
      case 2:
        invalidation.translations((w0 >>> 4) & 3, w0 >>> 16, w3, w2 & ~0xfff, w2 & 0x3f, watch);
        return null;
      case 4:
        invalidation.interrupts((w0 & (1 << 4)) === 0, w1 & 0xffff, w0 >>> 27, watch);
        return null;
      case 5:
        return this.wait(words, watch);
      case 6:
        invalidation.spaceTranslations(
          w0 >>> 16,
          w1 & 0xfffff,
          w3,
          w2 & ~0xfff,
          ((w0 >>> 4) & 3) === 3 ? w2 & 0x3f : null,
          watch,
        );
        return null;
      case 7:
        invalidation.pasidCache((w0 >>> 4) & 3, w0 >>> 16, w1 & 0xfffff, watch);
        return null;
      case 9:
        this.parts.pageRequests.answered({
          source: w0 >>> 16,
          pasid: w0 & (1 << 4) ? w1 & 0xfffff : -1,
          group: (w2 >>> 3) & 0x1ff,
          code: (w0 >>> 12) & 0xf,
        });
        return null;
      default:
        // Device TLBs: every request is done by the time that it is seen, so there is nothing to wait for.
        return null;
    }
  }

  /** Invalidation wait: everything before it is done by now. SW writes status, IF raises the completion event. */
  private wait([w0 = 0, w1 = 0, w2 = 0, w3 = 0]: Descriptor, watch: Watch | null): number | null {
    const { memory, registers, completion } = this.parts;
    // 1. Status first, so that who takes the interrupt finds it.
    if (w0 & (1 << 5) && memory.writeWord(w3, w2 & ~3, w1) !== 0) return queueError.none;
    // 2. The event only where none is waiting for software already.
    if (w0 & (1 << 4) && (registers.read(register.ICS) & 1) === 0) {
      registers.raise(register.ICS, 1);
      completion.raise();
    }
    watch?.decided('wait-completed', w2, w1, 0);
    return null;
  }

  /** IQE, with the reason in IQER; the fault event tells software. */
  private stop(problem: number, watch: Watch | null): false {
    const { registers, faults } = this.parts;
    registers.set(register.IQER, (registers.read(register.IQER) & ~0xf) | problem);
    watch?.decided('queue-stopped', problem, registers.read(register.IQH), 0);
    faults.report(faultStatus.queueError, watch);
    return false;
  }
}
