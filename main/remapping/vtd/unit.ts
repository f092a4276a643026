import { Iotlb } from '../caches/iotlb.ts';
import { memoryStatus } from '../memory/physical-memory.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import { ContextTable } from './context-table.ts';
import { DmaRemapping } from './dma-remapping.ts';
import { EventMessage } from './event-message.ts';
import type { MessageSink } from './event-message.ts';
import { FaultLog } from './fault-log.ts';
import { commandWritten } from './global-command.ts';
import { InterruptRemapping } from './interrupt-remapping.ts';
import { InvalidationQueue } from './invalidation-queue.ts';
import { Invalidation } from './invalidation.ts';
import { PageRequests, pageRequestStatus } from './page-requests.ts';
import { PerformanceMonitor } from './performance-monitor.ts';
import { performanceRegister } from './performance-registers.ts';
import { contextCommandWritten, iotlbCommandWritten } from './register-invalidation.ts';
import { createRegisters, register } from './registers.ts';
import { PagingStructures } from './paging-structures.ts';
import { ScalableMode } from './scalable-mode.ts';
import { SecondStageWalk } from './second-stage-walk.ts';
import { initialState } from './state.ts';
import type { LatchedState } from './state.ts';

/** Sizes of the caches, all powers of two. Small ones make staleness and eviction easy to see. */
export interface CacheSizes {
  readonly iotlbEntries: number;
  readonly iotlbWays: number;
  readonly contextEntries: number;
  readonly interruptEntries: number;
  /** of paging structures, for each level of table; 0: every walk begins at the top */
  readonly pagingEntries: number;
}

export const defaultCaches: CacheSizes = {
  iotlbEntries: 1024,
  iotlbWays: 4,
  contextEntries: 64,
  interruptEntries: 64,
  pagingEntries: 32,
};

/** A VT-d remapping unit: registers, tables in memory, caches. Everything that a write starts is done when it returns. */
export class VtdUnit {
  readonly capabilities: Capabilities;
  readonly memory: PhysicalMemory;
  readonly registers: RegisterFile;
  readonly state: LatchedState;
  readonly contexts: ContextTable;
  readonly structures: PagingStructures;
  readonly walk: SecondStageWalk;
  readonly iotlb: Iotlb;
  readonly scalable: ScalableMode;
  readonly dma: DmaRemapping;
  readonly interrupts: InterruptRemapping;
  readonly invalidation: Invalidation;
  readonly queue: InvalidationQueue;
  readonly faults: FaultLog;
  readonly faultEvent: EventMessage;
  readonly completionEvent: EventMessage;
  readonly pageRequests: PageRequests;
  readonly pageRequestEvent: EventMessage;
  readonly monitor: PerformanceMonitor;
  /** some performance counter is on */
  private counting = false;
  /** follows every transaction and invalidation while set */
  watch: Watch | null = null;
  /** GCMD writes that changed several bits at once, which the specification leaves undefined */
  softwareViolations = 0;

  constructor(
    capabilities: Capabilities,
    memory: PhysicalMemory,
    caches: CacheSizes = defaultCaches,
    sink: MessageSink = (hi, lo, data) => writeMessage(memory, hi, lo, data),
  ) {
    this.capabilities = capabilities;
    this.memory = memory;
    this.registers = createRegisters(capabilities);
    this.state = initialState();
    this.faultEvent = new EventMessage(this.registers, register.FECTL, sink);
    this.completionEvent = new EventMessage(this.registers, register.IECTL, sink);
    this.faults = new FaultLog(this.registers, capabilities, this.faultEvent);
    this.contexts = new ContextTable(memory, capabilities, this.state, caches.contextEntries);
    this.structures = new PagingStructures(memory, caches.pagingEntries);
    this.walk = new SecondStageWalk(memory, capabilities, this.structures);
    this.iotlb = new Iotlb(caches.iotlbEntries, caches.iotlbWays);
    this.scalable = new ScalableMode(this, caches.contextEntries);
    this.dma = new DmaRemapping(this);
    this.interrupts = new InterruptRemapping(this, caches.interruptEntries);
    this.invalidation = new Invalidation(this);
    this.pageRequestEvent = new EventMessage(this.registers, register.PECTL, sink);
    this.pageRequests = new PageRequests({
      registers: this.registers,
      memory,
      state: this.state,
      scalable: this.scalable,
      faults: this.faults,
      event: this.pageRequestEvent,
      posted: ({ source, pasid }) => this.countPageRequest(source, pasid),
    });
    this.monitor = new PerformanceMonitor(
      capabilities,
      this.registers,
      new EventMessage(this.registers, performanceRegister.PERFINTRCTL, sink),
    );
    this.queue = new InvalidationQueue({
      registers: this.registers,
      memory,
      capabilities,
      state: this.state,
      invalidation: this.invalidation,
      faults: this.faults,
      completion: this.completionEvent,
      pageRequests: this.pageRequests,
      watching: () => this.watch,
    });
  }

  /** See DmaRemapping.translate. */
  translate(source: number, pasid: number, hi: number, lo: number, bits: number): number {
    if (this.counting) return this.translateCounted(source, pasid, hi, lo, bits);
    return this.dma.translate(source, pasid, hi, lo, bits, this.watch);
  }

  private translateCounted(source: number, pasid: number, hi: number, lo: number, bits: number): number {
    const counts = this.monitor.follow(this.watch);
    counts.add('iommu_requests', 1);
    const reason = this.dma.translate(source, pasid, hi, lo, bits, counts);
    const domain =
      counts.domainIn === 'context'
        ? this.contexts.domain
        : counts.domainIn === 'pasid-entry'
          ? this.scalable.pasids.domain
          : -1;
    this.monitor.count({ requester: source, pasid, domain }, counts);
    return reason;
  }

  /** See InterruptRemapping.remap. */
  interrupt(source: number, addressHi: number, addressLo: number, data: number): number {
    if (!this.counting) return this.interrupts.remap(source, addressHi, addressLo, data, this.watch);
    const counts = this.monitor.follow(this.watch);
    const reason = this.interrupts.remap(source, addressHi, addressLo, data, counts);
    this.monitor.count({ requester: source, pasid: -1, domain: -1 }, counts);
    return reason;
  }

  private countPageRequest(source: number, pasid: number): void {
    if (!this.counting) return;
    const counts = this.monitor.follow(null);
    counts.add('pg_req_posted', 1);
    this.monitor.count({ requester: source, pasid, domain: -1 }, counts);
  }

  /** 32 bits at a byte offset divisible by 4. */
  readRegister(offset: number): number {
    return this.registers.read(offset);
  }

  /** 32 bits at a byte offset divisible by 4; a 64-bit register is written low half first. */
  writeRegister(offset: number, value: number): void {
    if (offset === register.GCMD) {
      commandWritten(this, value);
      return;
    }
    const before = this.registers.read(offset);
    this.registers.write(offset, value);
    this.react(offset, before);
  }

  private react(offset: number, before: number): void {
    const { registers, invalidation, watch } = this;
    switch (offset) {
      case register.CCMD + 4:
        contextCommandWritten(registers, invalidation, watch);
        return;
      case this.capabilities.iotlbRegisters + 12:
        iotlbCommandWritten(registers, this.capabilities, invalidation, watch);
        return;
      case register.FSTS:
        this.faults.settle();
        // Clearing IQE resumes the queue without a tail write; QEMU wants one.
        if (before !== registers.read(register.FSTS)) this.queue.run(watch);
        return;
      case register.FECTL:
        this.faultEvent.controlWritten();
        return;
      case register.IECTL:
        this.completionEvent.controlWritten();
        return;
      case register.ICS:
        if ((registers.read(register.ICS) & 1) === 0) this.completionEvent.withdraw();
        return;
      case register.IQT:
        this.queue.run(watch);
        return;
      default:
        if (this.capabilities.pageRequests) this.reactForPages(offset);
        this.monitor.written(offset);
        this.counting = this.monitor.counting;
        if (this.faults.covers(offset)) this.faults.settle();
    }
  }

  /** Only units with page requests have these; elsewhere fault records may lie at the same offsets. */
  private reactForPages(offset: number): void {
    const pending = (this.registers.read(register.PRS) & pageRequestStatus.pending) !== 0;
    if (offset === register.PECTL) this.pageRequestEvent.controlWritten();
    else if (offset === register.PRS && !pending) this.pageRequestEvent.withdraw();
  }
}

/** Without an interrupt controller: FEEx_xxxx takes every message, other addresses are memory. */
function writeMessage(memory: PhysicalMemory, hi: number, lo: number, data: number): boolean {
  if (hi === 0 && lo >>> 20 === 0xfee) return true;
  return memory.writeWord(hi, lo, data) === memoryStatus.ok;
}
