import type { KeyedCache } from '../caches/keyed-cache.ts';
import type { Iotlb } from '../caches/iotlb.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import type { ContextTable } from './context-table.ts';

/** What an invalidation really covered, as CAIG and IAIG encode it; 0: nothing, the request was wrong. */
export const granularity = { none: 0, global: 1, domain: 2, fine: 3 } as const;

/** The caches that software can tell a unit to forget; both the registers and the queue end here (VT-d 6.5). */
export class Invalidation {
  contextCount = 0;
  iotlbCount = 0;
  interruptCount = 0;
  private readonly capabilities: Capabilities;
  private readonly contexts: ContextTable;
  private readonly iotlb: Iotlb;
  private readonly interruptEntries: KeyedCache;

  constructor(capabilities: Capabilities, contexts: ContextTable, iotlb: Iotlb, interruptEntries: KeyedCache) {
    this.capabilities = capabilities;
    this.contexts = contexts;
    this.iotlb = iotlb;
    this.interruptEntries = interruptEntries;
  }

  /** `asked`: 1 global, 2 domain, 3 device. Answers the granularity that was performed. */
  contextCache(asked: number, domain: number, source: number, functionMask: number, watch: Watch | null): number {
    if (asked === granularity.none) return granularity.none;
    this.contextCount++;
    if (asked === granularity.global) this.contexts.cache.clear();
    else if (asked === granularity.domain) this.contexts.dropDomain(domain);
    else this.contexts.dropDevice(domain, source, functionMask);
    watch?.decided('context-cache-invalidated', asked, domain, source);
    return asked;
  }

  /** `asked`: 1 global, 2 domain, 3 pages (2^order of them). A page request that the unit cannot serve becomes a domain one. */
  translations(asked: number, domain: number, hi: number, lo: number, order: number, watch: Watch | null): number {
    if (asked === granularity.none) return granularity.none;
    const { pageSelective, maximumAddressMask } = this.capabilities;
    const done =
      asked === granularity.fine && (!pageSelective || order > maximumAddressMask) ? granularity.domain : asked;
    this.iotlbCount++;
    if (done === granularity.global) this.iotlb.clear();
    else if (done === granularity.domain) this.iotlb.dropDomain(domain);
    else this.iotlb.dropPages(domain, hi, lo, order);
    watch?.decided('iotlb-invalidated', done, domain, order);
    return done;
  }

  /** All interrupt entries, or 2^order of them from an index, naturally aligned. */
  interrupts(everything: boolean, index: number, order: number, watch: Watch | null): void {
    this.interruptCount++;
    if (everything) this.interruptEntries.clear();
    else this.interruptEntries.drop((key) => key >>> order === index >>> order);
    watch?.decided('interrupt-cache-invalidated', everything ? granularity.global : granularity.fine, index, order);
  }
}
