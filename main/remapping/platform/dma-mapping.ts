import { flushLimits, mappingCosts, submissionCycles } from '../timing/mapping-costs.ts';
import type { MappingPart, ProtectionMode } from '../timing/mapping-costs.ts';
import { FlushQueue } from './flush-queue.ts';
import { IovaAllocator } from './iova-allocator.ts';
import type { Domain, VtdDriver } from './vtd-driver.ts';

const deferred = { strict: false, 'strict+': false, defer: true, 'defer+': true } as const satisfies Record<
  ProtectionMode,
  boolean
>;
const nanosecondsOf = { ms: 1e6 } as const;

/**
 * The mapping of buffers that a device driver asks for, one 4 KiB page at a time (dma_map_single), in one of Linux's modes.
 * Counts what was done, part by part; invalidations are what the real queue was given.
 */
export class DmaMapping {
  readonly done: Record<Exclude<MappingPart, 'invalidate'>, number> = {
    allocate: 0,
    'map-table': 0,
    'map-other': 0,
    find: 0,
    free: 0,
    'unmap-table': 0,
    'unmap-other': 0,
  };
  readonly queue: FlushQueue;
  private readonly addresses = new IovaAllocator();
  private readonly driver: VtdDriver;
  private readonly domain: Domain;
  private readonly mode: ProtectionMode;
  private readonly submissionsBefore: number;

  constructor(driver: VtdDriver, domain: Domain, mode: ProtectionMode) {
    this.driver = driver;
    this.domain = domain;
    this.mode = mode;
    this.submissionsBefore = driver.submissions;
    this.queue = new FlushQueue(
      {
        flush: () => {
          driver.flushDomain(domain);
        },
        release: (iova) => {
          this.addresses.give(iova);
        },
      },
      flushLimits.entries.value,
      flushLimits.timeout.value * nanosecondsOf[flushLimits.timeout.unit],
    );
  }

  /** Address for the device; null where the space is used up. `physical`: of a page. */
  map(physical: number): number | null {
    const iova = this.addresses.take();
    this.done.allocate++;
    if (iova === null) return null;
    this.driver.map(this.domain, { iova, physical, bytes: 4096, read: true, write: true, largestLevel: 1 });
    this.done['map-table']++;
    this.done['map-other']++;
    return iova;
  }

  /** Ends a mapping. In the deferred modes the device may reach the page until the batch is flushed. */
  unmap(iova: number, now: number): void {
    const lazy = deferred[this.mode];
    this.driver.unmap(this.domain, iova, 4096, lazy);
    this.done.find++;
    this.done['unmap-table']++;
    this.done['unmap-other']++;
    this.done.free++;
    if (lazy) this.queue.add(iova, now);
    else this.addresses.give(iova);
  }

  get invalidations(): number {
    return this.driver.submissions - this.submissionsBefore;
  }

  /** Processor cycles so far. The published mean for deferred invalidation is not used: the flushes are counted. */
  get cycles(): number {
    const costs = mappingCosts[this.mode];
    const parts = Object.keys(this.done) as (keyof typeof this.done)[];
    return parts.reduce(
      (sum, part) => sum + this.done[part] * costs[part],
      this.invalidations * submissionCycles.value,
    );
  }
}
