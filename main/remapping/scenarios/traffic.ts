import type { PciAddress } from '../../machine/address.ts';
import { access } from '../access.ts';
import { formatQuad } from '../core/quad.ts';
import { stepCosts } from '../cost-model.ts';
import { heatCells } from '../traffic-shape.ts';
import type { TrafficBatch, TrafficCounters, TrafficEvent } from '../traffic-shape.ts';
import type { Recorder } from '../record/recorder.ts';
import { addressAt, totalBytes } from './guest-layout.ts';
import { Lcg } from './lcg.ts';
import { guestMemory, smallPages } from './story-layout.ts';
import type { StoryPath, Vendor } from './story-path.ts';
import { TrafficWitness } from './traffic-witness.ts';
import { buildStoryUnit } from './story-unit.ts';
import type { StoryUnit } from './story-unit.ts';

const page = 4096;
const large = 2 ** 21;
const guestBytes = totalBytes(guestMemory);

/** A 64-byte request every 20 ns is 3.2 GB/s, a card busy on four lanes of PCIe 3.0 (assumed). */
const issueInterval = 20;
const requestBytes = 64;
/** Walks go on side by side: 16 slots in gem5's SMMUv3 model. A miss therefore delays the next request by a 16th of its time. */
const walkSlots = 16;
const dmaEventsPerBatch = 192;

export interface TrafficOptions {
  readonly path: StoryPath;
  /** whose unit; VT-d where it is left out */
  readonly vendor?: Vendor;
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
  /** who the unit hears: the device, or a bridge above it */
  private readonly own: PciAddress;
  private readonly path: StoryPath;
  /** records every request while set */
  private witness: TrafficWitness | null = null;
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
  private clock = 0;
  private stream = 0;
  private batches = 0;
  /** a buffer page that is unmapped at the moment; null: none */
  private freed: number | null = null;
  private events: TrafficEvent[] = [];
  private heat = new Array<number>(heatCells).fill(0);
  private kernelLines: readonly string[] = [];

  constructor(options: TrafficOptions) {
    this.random = new Lcg(options.seed);
    this.path = options.path;
    this.own = options.path.bridge?.requester ?? options.path.device;
    this.story = buildStoryUnit(options.vendor ?? 'vtd', this.own);
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
    for (let request = 0; request < requests; request++) this.once(request % sampledOneIn === 0);
    return {
      number: this.batches++,
      from,
      to: this.clock,
      events: this.events,
      sampledOneIn,
      counters: { ...this.counters },
      heat: this.heat,
      iotlbUsed: this.story.cached,
      iotlbEntries: this.story.described.iotlbEntries,
      kernelLines: [...this.kernelLines],
    };
  }

  /** One DMA request, and now and then an interrupt, or a buffer that is taken back or mapped again. */
  private once(sampled: boolean): void {
    this.dma(sampled);
    if (this.random.oneIn(400)) this.interrupt(this.random.oneIn(24));
    if (this.random.oneIn(900)) this.turnOverBuffer();
  }

  /** Runs at most so many requests, up to the first with an event that matches; answers how many ran before it, or null. */
  runUntil(requests: number, matches: (event: TrafficEvent) => boolean): number | null {
    for (let ran = 0; ran < requests; ran++) {
      this.events = [];
      this.once(true);
      if (this.events.some(matches)) return ran;
    }
    return null;
  }

  /** Records every request from now on, exactly as it would run without. */
  record(recorder: Recorder): StoryUnit {
    this.witness = new TrafficWitness(recorder, this.story, this.path, this.own);
    this.story.follow(recorder);
    return this.story;
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
    const { story } = this;
    const address = this.nextAddress();
    const hi = Math.floor(address / 2 ** 32);
    const lo = address | 0;
    const write = this.random.below(3) !== 0;
    const reads = story.tableReads;
    const hits = story.hits;
    this.witness?.sends('dma', hi, lo, write, requestBytes);
    const reason = story.translate(hi, lo, write ? access.write : access.read);
    const hit = story.hits > hits;
    const walked = (story.tableReads - reads) * stepCosts['paging-entry'];
    const latency = this.portTime + stepCosts['iotlb-lookup'] + walked + stepCosts['memory-access'];
    this.clock += issueInterval + walked / walkSlots;
    this.counters.translations++;
    this.counters.tableReads += story.tableReads - reads;
    if (hit) this.counters.iotlbHits++;
    else this.counters.iotlbMisses++;
    if (reason === 0) {
      this.counters.bytes += requestBytes;
      const cell = Math.floor(
        (story.outHi * 2 ** 32 + (story.outLo >>> 0) - guestMemory[0].host) / (guestBytes / heatCells),
      );
      this.heat[cell] = (this.heat[cell] ?? 0) + 1;
      this.witness?.arrived(write, requestBytes);
      if (sampled) this.tell('dma', hit ? 'hit' : 'miss', latency, hi, lo, write, 0);
      return;
    }
    this.counters.faults++;
    this.kernelLines = story.acknowledge(reason, this.own);
    this.witness?.stopped(reason, this.kernelLines);
    this.tell('dma', 'blocked', latency, hi, lo, write, reason);
  }

  private interrupt(forged: boolean): void {
    const { story } = this;
    const message = forged ? story.foreignMessage : story.ownMessage;
    this.witness?.sends('interrupt', 0, message.address | 0, true, 4);
    const reason = story.interrupt(message);
    this.counters.interrupts++;
    if (reason !== 0) {
      this.counters.interruptsRefused++;
      this.counters.faults++;
      this.kernelLines = story.acknowledge(reason, this.own);
      this.witness?.stopped(reason, this.kernelLines);
    } else this.witness?.delivered();
    const latency = this.portTime + stepCosts['interrupt-entry'] + stepCosts['interrupt-delivery'];
    this.tell('interrupt', reason === 0 ? 'delivered' : 'refused', latency, 0, message.address | 0, true, reason);
  }

  /** The driver takes a buffer page back, or maps it again: unmap with strict invalidation, then map. */
  private turnOverBuffer(): void {
    const { story } = this;
    if (this.freed === null) {
      this.freed = smallPages.guest + this.random.below(512) * page;
      this.witness?.unmaps(this.freed);
      story.unmap(this.freed);
      this.witness?.done();
      this.counters.invalidations++;
      const hi = Math.floor(this.freed / 2 ** 32);
      this.tell('invalidation', 'forgotten', stepCosts.invalidation, hi, this.freed | 0, true, 0);
    } else {
      story.map(this.freed, guestMemory[1].host + this.freed - guestMemory[1].guest);
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
