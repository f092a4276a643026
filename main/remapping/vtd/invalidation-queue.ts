import { DeviceInvalidations } from '../core/device-invalidations.ts';
import { atsRangeBits } from '../formats/ats-range.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import type { EventMessage } from './event-message.ts';
import type { FaultLog } from './fault-log.ts';
import type { Invalidation } from './invalidation.ts';
import { InvalidationWaits } from './invalidation-waits.ts';
import { descriptorProblem, queueError } from './queue-descriptors.ts';
import type { Descriptor } from './queue-descriptors.ts';
import type { PageRequests } from './page-requests.ts';
import { faultStatus, global, register } from './registers.ts';
import { tableMode } from './state.ts';
import type { LatchedState } from './state.ts';

const descriptorWidth = 1 << 11;
/** IH of the IOTLB descriptors */
const leafOnly = 1 << 6;
/** Of `perform`: it cannot be run yet. */
const held = -1;

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
  /** who follows what happens outside a run: completions of devices */
  readonly watching: () => Watch | null;
}

/** Queued invalidation (VT-d 6.5.2): descriptors in memory between IQH and IQT, run one after the other. */
export class InvalidationQueue {
  /** invalidation requests to the TLBs of devices */
  readonly devices: DeviceInvalidations;
  private readonly parts: QueueParts;
  private readonly waits: InvalidationWaits;
  private running = false;

  constructor(parts: QueueParts) {
    this.parts = parts;
    this.waits = new InvalidationWaits(parts.memory, parts.registers, parts.completion);
    this.devices = new DeviceInvalidations({
      sending: ({ source, rangeBits, tag }) =>
        parts.watching()?.decided('device-tlb-invalidation-sent', source, rangeBits, tag),
      settled: () => this.resume(parts.watching()),
      unexpected: (source) => this.refuseCompletion(source, parts.watching()),
    });
  }

  /** QIE has changed: the queue is to start at its first descriptor. */
  rewind(): void {
    this.parts.registers.set(register.IQH, 0);
  }

  /** Runs until the queue is empty or a descriptor stops it. */
  run(watch: Watch | null): void {
    // A device that answers at once does so in the middle of a step.
    if (this.running) return;
    this.running = true;
    while (this.step(watch));
    this.running = false;
  }

  /** One descriptor; false where there is nothing to run. */
  step(watch: Watch | null): boolean {
    const { registers } = this.parts;
    // 1. Fetch only while QIES=1, IQE=0, ITE=0, no fence waits and the head is not at the tail.
    if ((registers.read(register.GSTS) & global.queue) === 0) return false;
    if (registers.read(register.FSTS) & (faultStatus.queueError | faultStatus.timeOut)) return false;
    if (this.waits.fenced) return false;
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
    // 4. Run it, and go on to the next; where no tag is free the head stays until one is.
    const problemRunning = this.perform(descriptor, watch);
    if (problemRunning === held) return false;
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
        invalidation.translations((w0 >>> 4) & 3, w0 >>> 16, w3, w2 & ~0xfff, w2 & 0x3f, (w2 & leafOnly) !== 0, watch);
        return null;
      case 3:
        return this.toDevice(w1 & 0xffff, -1, (w0 >>> 16) & 0x1f, w2, w3, (w2 & 1) !== 0, false);
      case 4:
        invalidation.interrupts((w0 & (1 << 4)) === 0, w1 & 0xffff, w0 >>> 27, watch);
        return null;
      case 5:
        return this.waits.take(words, this.devices.sent, this.devices.oldest, watch) ? null : queueError.none;
      case 6:
        invalidation.spaceTranslations(
          w0 >>> 16,
          w1 & 0xfffff,
          w3,
          w2 & ~0xfff,
          ((w0 >>> 4) & 3) === 3 ? w2 & 0x3f : null,
          (w2 & leafOnly) !== 0,
          watch,
        );
        return null;
      case 7:
        invalidation.pasidCache((w0 >>> 4) & 3, w0 >>> 16, w1 & 0xfffff, watch);
        return null;
      case 8:
        return this.toDevice(
          w0 >>> 16,
          w1 & 0xfffff,
          (w0 >>> 4) & 0x1f,
          w2,
          w3,
          (w2 & (1 << 11)) !== 0,
          (w2 & 1) !== 0,
        );
      default:
        this.parts.pageRequests.answered({
          source: w0 >>> 16,
          pasid: w0 & (1 << 4) ? w1 & 0xfffff : -1,
          group: (w2 >>> 3) & 0x1ff,
          code: (w0 >>> 12) & 0xf,
        });
        return null;
    }
  }

  /** `depth`: MIP, requests that the function takes at a time, 0 for 32. PFSID needs ECAP.DIT, and is 0. */
  private toDevice(
    source: number,
    pasid: number,
    depth: number,
    lo: number,
    hi: number,
    sized: boolean,
    everySpace: boolean,
  ): number | null {
    const address = lo & ~0xfff;
    const rangeBits = atsRangeBits(hi, address, sized);
    const tag = this.devices.issue({ source, pasid, everySpace, hi, lo: address, rangeBits }, depth);
    return tag < 0 ? held : null;
  }

  /** A device has answered: waits that are done complete, and what was held goes on. */
  private resume(watch: Watch | null): void {
    if (!this.waits.settle(this.devices.oldest, watch)) this.stop(queueError.none, watch);
    this.run(watch);
  }

  /**
   * The time in which a function has to answer is over (ITE): all waits that are pending are aborted, and nothing is
   * fetched until software clears ITE (Linux drivers/iommu/intel/dmar.c qi_check_fault). ITESID keeps the first that was
   * late while ITE is set [recall].
   */
  timeOut(source: number): void {
    const { registers, faults, watching } = this.parts;
    const watch = watching();
    if (this.devices.expire(source).length === 0) return;
    if ((registers.read(register.FSTS) & faultStatus.timeOut) === 0)
      registers.set(register.IQER + 4, (registers.read(register.IQER + 4) & ~0xffff) | source);
    watch?.decided('device-tlb-timed-out', source, 0, 0);
    this.waits.abort(watch);
    faults.report(faultStatus.timeOut, watch);
  }

  /** ICE: the completion is ignored; ICESID keeps who sent the first while ICE is set [recall]. */
  private refuseCompletion(source: number, watch: Watch | null): void {
    const { registers, faults } = this.parts;
    if ((registers.read(register.FSTS) & faultStatus.completionError) === 0)
      registers.set(register.IQER + 4, (registers.read(register.IQER + 4) & 0xffff) | (source << 16));
    watch?.decided('device-tlb-completion-unexpected', source, 0, 0);
    faults.report(faultStatus.completionError, watch);
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
