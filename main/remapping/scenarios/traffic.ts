import { access, noPasid } from '../access.ts';
import { formatQuad } from '../core/quad.ts';
import { stepCosts } from '../cost-model.ts';
import { heatCells } from '../traffic-shape.ts';
import type { TrafficBatch, TrafficCounters, TrafficEvent } from '../traffic-shape.ts';
import { fault } from '../vtd/fault-reasons.ts';
import { acknowledgeFault } from './acknowledge-fault.ts';
import { addressAt, totalBytes } from './guest-layout.ts';
import { Lcg } from './lcg.ts';
import { buildStoryUnit, guestMemory, smallPages, storyInterruptIndex } from './story-unit.ts';
import type { StoryPath, StoryUnit } from './story-unit.ts';

const caches = { iotlbEntries: 64, iotlbWays: 64, contextEntries: 16, interruptEntries: 16 };
const page = 4096;
const large = 2 ** 21;
const guestBytes = totalBytes(guestMemory);
/** An entry that belongs to the function next door: what a forged interrupt names. */
const foreignIndex = storyInterruptIndex + 1;

/** A 64-byte request every 20 ns is 3.2 GB/s, a card busy on four lanes of PCIe 3.0 (assumed). */
const issueInterval = 20;
const requestBytes = 64;
/** Walks go on side by side: 16 slots in gem5's SMMUv3 model. A miss therefore delays the next request by a 16th of its time. */
const walkSlots = 16;
const dmaEventsPerBatch = 192;

export interface TrafficOptions {
  readonly path: StoryPath;
  readonly seed: number;
}

/**
 * Live mixed traffic of one device through the simulated unit, deterministic by its seed: a hot set, a stream, cold pages,
 * now and then an address that the guest does not have, buffers that the driver unmaps and maps again (strict
 * invalidation), interrupts, and a forged one. It keeps nothing but counters: memory stays as it is however long it runs.
 */
export class Traffic {
  private readonly story: StoryUnit;
  private readonly random: Lcg;
  private readonly portTime: number;
  private readonly counters: TrafficCounters = {
    translations: 0,
    bytes: 0,
    iotlbHits: 0,
    iotlbMisses: 0,
    tableReads: 0,
    interrupts: 0,
    interruptsRefused: 0,
    invalidations: 0,
    faults: 0,
  };
  private readonly hotPages: readonly number[];
  private readonly options: TrafficOptions;
  private clock = 0;
  private stream = 0;
  private batches = 0;
  /** a buffer page that is unmapped at the moment; null: none */
  private freed: number | null = null;
  private events: TrafficEvent[] = [];
  private heat = new Array<number>(heatCells).fill(0);
  private kernelLines: readonly string[] = [];

  constructor(options: TrafficOptions) {
    this.options = options;
    this.random = new Lcg(options.seed);
    this.story = buildStoryUnit(options.path.device, caches);
    this.story.driver.route({
      index: foreignIndex,
      vector: 0x51,
      destination: 1,
      source: this.story.requester ^ 1,
    });
    this.portTime = stepCosts.forward * options.path.ports.length;
    this.hotPages = Array.from({ length: 48 }, () => this.anywhere());
  }

  /** Runs so many requests and tells about them. */
  step(requests: number): TrafficBatch {
    const from = this.clock;
    const sampledOneIn = Math.max(1, Math.ceil(requests / dmaEventsPerBatch));
    this.events = [];
    this.heat = new Array<number>(heatCells).fill(0);
    this.kernelLines = [];
    for (let request = 0; request < requests; request++) {
      this.dma(request % sampledOneIn === 0);
      if (this.random.oneIn(400)) this.interrupt(this.random.oneIn(24));
      if (this.random.oneIn(900)) this.turnOverBuffer();
    }
    return {
      number: this.batches++,
      from,
      to: this.clock,
      events: this.events,
      sampledOneIn,
      counters: { ...this.counters },
      heat: this.heat,
      iotlbUsed: this.story.unit.iotlb.used,
      iotlbEntries: caches.iotlbEntries,
      kernelLines: [...this.kernelLines],
    };
  }

  /** A random page of the guest's memory. */
  private anywhere(): number {
    const pages = guestBytes / large;
    return addressAt(guestMemory, this.random.below(pages) * large + this.random.below(512) * page);
  }

  /** 80 % in the hot set, 17 % a stream through memory, 3 % anywhere, and rarely an address that is not the guest's. */
  private nextAddress(): number {
    const dice = this.random.below(10_000);
    if (dice < 2) return this.freed ?? addressAt(guestMemory, guestBytes) + this.random.below(16) * page;
    const inPage = this.random.below(64) * 64;
    if (dice < 8000) return (this.hotPages[this.random.below(this.hotPages.length)] ?? 0) + inPage;
    if (dice < 9700) {
      this.stream = (this.stream + requestBytes) % guestBytes;
      return addressAt(guestMemory, this.stream);
    }
    return this.anywhere() + inPage;
  }

  private dma(sampled: boolean): void {
    const { unit, requester } = this.story;
    const address = this.nextAddress();
    const hi = Math.floor(address / 2 ** 32);
    const lo = address | 0;
    const write = this.random.below(3) !== 0;
    const reads = unit.walk.reads;
    const hits = unit.dma.hits;
    const reason = unit.translate(requester, noPasid, hi, lo, write ? access.write : access.read);
    const walked = (unit.walk.reads - reads) * stepCosts['paging-entry'];
    const latency = this.portTime + stepCosts['iotlb-lookup'] + walked + stepCosts['memory-access'];
    this.clock += issueInterval + walked / walkSlots;
    this.counters.translations++;
    this.counters.tableReads += unit.walk.reads - reads;
    if (unit.dma.hits > hits) this.counters.iotlbHits++;
    else this.counters.iotlbMisses++;
    if (reason === fault.none) {
      this.counters.bytes += requestBytes;
      const cell = Math.floor(
        (unit.dma.outHi * 2 ** 32 + (unit.dma.outLo >>> 0) - guestMemory[0].host) / (guestBytes / heatCells),
      );
      this.heat[cell] = (this.heat[cell] ?? 0) + 1;
      if (sampled) this.tell('dma', unit.dma.hits > hits ? 'hit' : 'miss', latency, hi, lo, write, 0);
      return;
    }
    this.counters.faults++;
    this.kernelLines = acknowledgeFault(unit, this.options.path.device, reason);
    this.tell('dma', 'blocked', latency, hi, lo, write, reason);
  }

  private interrupt(forged: boolean): void {
    const { unit, driver, requester } = this.story;
    const message = driver.messageFor(forged ? foreignIndex : storyInterruptIndex);
    const reason = unit.interrupt(requester, 0, message.address | 0, message.data);
    this.counters.interrupts++;
    if (reason !== fault.none) {
      this.counters.interruptsRefused++;
      this.counters.faults++;
      this.kernelLines = acknowledgeFault(unit, this.options.path.device, reason);
    }
    const latency = this.portTime + stepCosts['interrupt-entry'] + stepCosts['interrupt-delivery'];
    this.tell(
      'interrupt',
      reason === fault.none ? 'delivered' : 'refused',
      latency,
      0,
      message.address | 0,
      true,
      reason,
    );
  }

  /** The driver takes a buffer page back, or maps it again: unmap with strict invalidation, then map. */
  private turnOverBuffer(): void {
    const { driver, domain } = this.story;
    if (this.freed === null) {
      this.freed = smallPages.guest + this.random.below(512) * page;
      driver.unmap(domain, this.freed, page);
      this.counters.invalidations++;
      const hi = Math.floor(this.freed / 2 ** 32);
      this.tell('invalidation', 'forgotten', stepCosts.invalidation, hi, this.freed | 0, true, 0);
    } else {
      const host = guestMemory[1].host + this.freed - guestMemory[1].guest;
      driver.map(domain, { iova: this.freed, physical: host, bytes: page, read: true, write: true, largestLevel: 1 });
      this.freed = null;
    }
  }

  private tell(
    track: TrafficEvent['track'],
    outcome: TrafficEvent['outcome'],
    latency: number,
    hi: number,
    lo: number,
    write: boolean,
    reason: number,
  ): void {
    this.events.push({ track, outcome, at: this.clock, latency, address: formatQuad(hi, lo), write, reason });
  }
}
