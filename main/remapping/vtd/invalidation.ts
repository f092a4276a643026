import type { KeyedCache } from '../caches/keyed-cache.ts';
import type { Iotlb } from '../caches/iotlb.ts';
import type { PagingStructureCache } from '../caches/paging-structure-cache.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import type { ContextTable } from './context-table.ts';
import type { PagingStructures } from './paging-structures.ts';
import type { ScalableMode } from './scalable-mode.ts';

/** What an invalidation really covered, as CAIG and IAIG encode it; 0: nothing, the request was wrong. */
export const granularity = { none: 0, global: 1, domain: 2, fine: 3 } as const;

/** The parts of a unit that remember something. */
export interface CachingParts {
  readonly capabilities: Capabilities;
  readonly contexts: ContextTable;
  readonly scalable: ScalableMode;
  readonly iotlb: Iotlb;
  readonly structures: PagingStructures;
  readonly interrupts: { readonly cache: KeyedCache };
}

/** The caches that software can tell a unit to forget; both the registers and the queue end here (VT-d 6.5). */
export class Invalidation {
  contextCount = 0;
  iotlbCount = 0;
  interruptCount = 0;
  private readonly capabilities: Capabilities;
  private readonly contexts: ContextTable;
  private readonly scalable: ScalableMode;
  private readonly iotlb: Iotlb;
  private readonly structures: PagingStructureCache;
  private readonly interruptEntries: KeyedCache;

  constructor(parts: CachingParts) {
    this.capabilities = parts.capabilities;
    this.contexts = parts.contexts;
    this.scalable = parts.scalable;
    this.iotlb = parts.iotlb;
    this.structures = parts.structures.cache;
    this.interruptEntries = parts.interrupts.cache;
  }

  /** `asked`: 1 global, 2 domain, 3 device. Answers the granularity that was performed. */
  contextCache(asked: number, domain: number, source: number, functionMask: number, watch: Watch | null): number {
    if (asked === granularity.none) return granularity.none;
    this.contextCount++;
    if (asked === granularity.global) this.contexts.cache.clear();
    else if (asked === granularity.domain) this.contexts.dropDomain(domain);
    else this.contexts.dropDevice(source, functionMask);
    // A scalable context entry names no domain: for a domain all go, and PASID entries with what they were found through.
    if (asked === granularity.fine) {
      const mask = ~([0, 4, 6, 7][functionMask] ?? 0);
      this.scalable.contexts.dropDevice(source, functionMask);
      this.scalable.pasids.cache.drop((held) => ((held ^ source) & mask) === 0);
    } else this.scalable.forget();
    watch?.decided('context-cache-invalidated', asked, domain, source);
    return asked;
  }

  /**
   * `asked`: 1 global, 2 domain, 3 pages (2^order of them). A page request that the unit cannot serve becomes a domain one.
   * `leafOnly`: IH, the hint of a page request that no entry above the leaf was changed: paging structures stay.
   */
  translations(
    asked: number,
    domain: number,
    hi: number,
    lo: number,
    order: number,
    leafOnly: boolean,
    watch: Watch | null,
  ): number {
    if (asked === granularity.none) return granularity.none;
    const { pageSelective, maximumAddressMask } = this.capabilities;
    const done =
      asked === granularity.fine && (!pageSelective || order > maximumAddressMask) ? granularity.domain : asked;
    this.iotlbCount++;
    if (done === granularity.global) {
      this.iotlb.clear();
      this.structures.clear();
    } else if (done === granularity.domain) {
      this.iotlb.dropDomain(domain);
      this.structures.dropDomain(domain);
    } else {
      this.iotlb.dropPages(domain, hi, lo, order);
      if (!leafOnly) this.structures.dropPages(domain, hi, lo, order);
    }
    watch?.decided('iotlb-invalidated', done, domain, order);
    return done;
  }

  /** PASID-table entries. `asked`: 0 of a domain, 1 of an address space in it, 3 all. */
  pasidCache(asked: number, domain: number, pasid: number, watch: Watch | null): void {
    this.contextCount++;
    const { cache } = this.scalable.pasids;
    if (asked === 3) cache.clear();
    else cache.drop((_, held, heldDomain) => heldDomain === domain && (asked === 0 || held === pasid));
    watch?.decided('pasid-cache-invalidated', asked, domain, pasid);
  }

  /** First-stage and nested translations of an address space: all, or 2^order pages of it. `leafOnly`: IH. */
  spaceTranslations(
    domain: number,
    pasid: number,
    hi: number,
    lo: number,
    order: number | null,
    leafOnly: boolean,
    watch: Watch | null,
  ): void {
    this.iotlbCount++;
    this.iotlb.dropSpace(domain, pasid, hi, lo, order);
    // The hint goes with pages; all of an address space is all of it.
    if (order === null || !leafOnly) this.structures.dropSpace(domain, pasid, hi, lo, order);
    watch?.decided('pasid-iotlb-invalidated', order ?? -1, domain, pasid);
  }

  /** All interrupt entries, or 2^order of them from an index, naturally aligned. */
  interrupts(everything: boolean, index: number, order: number, watch: Watch | null): void {
    this.interruptCount++;
    if (everything) this.interruptEntries.clear();
    else this.interruptEntries.drop((key) => key >>> order === index >>> order);
    watch?.decided('interrupt-cache-invalidated', everything ? granularity.global : granularity.fine, index, order);
  }
}
