import type { DecisionCode } from '../trace-codes.ts';
import type { Watch } from '../watch.ts';
import { countedBy } from './performance-events.ts';
import type { PerformanceEvent } from './performance-events.ts';

/** Where the request’s domain is known: in the context entry, or in the PASID-table entry of scalable mode. */
type DomainIn = 'nowhere' | 'context' | 'pasid-entry';
const domainBy: Partial<Record<DecisionCode, DomainIn>> = {
  'context-cache-hit': 'context',
  'context-entry-translates': 'context',
  'context-entry-passes': 'context',
  'pasid-cache-hit': 'pasid-entry',
  'pasid-entry-present': 'pasid-entry',
};

/**
 * The performance events of one request, told from the decisions that the engine tells anybody who follows it: counting
 * costs nothing where no counter is on. What follows already is told everything too.
 */
export class EventCounts implements Watch {
  readonly counts = new Map<PerformanceEvent, number>();
  domainIn: DomainIn = 'nowhere';
  private readonly next: Watch | null;

  constructor(next: Watch | null) {
    this.next = next;
  }

  add(event: PerformanceEvent, count: number): void {
    this.counts.set(event, (this.counts.get(event) ?? 0) + count);
  }

  decided(code: DecisionCode, a: number, b: number, c: number): void {
    for (const event of countedBy[code] ?? []) this.add(event, 1);
    this.domainIn = domainBy[code] ?? this.domainIn;
    // Only now is it known what kind of entry was hit.
    if (code === 'interrupt-posted' && this.counts.has('int_cache_hit_nonposted')) {
      this.counts.delete('int_cache_hit_nonposted');
      this.add('int_cache_hit_posted', 1);
    }
    this.next?.decided(code, a, b, c);
  }

  readPaging(code: DecisionCode, level: number, atHi: number, atLo: number, hi: number, lo: number): void {
    this.read(code);
    this.next?.readPaging(code, level, atHi, atLo, hi, lo);
  }

  readEntry(
    code: DecisionCode,
    atHi: number,
    atLo: number,
    highHi: number,
    highLo: number,
    lowHi: number,
    lowLo: number,
  ): void {
    this.read(code);
    this.next?.readEntry(code, atHi, atLo, highHi, highLo, lowHi, lowLo);
  }

  readWide(code: DecisionCode, atHi: number, atLo: number, words: Int32Array): void {
    this.read(code);
    this.next?.readWide(code, atHi, atLo, words);
  }

  /** One structure read is one read of memory, however wide. */
  private read(code: DecisionCode): void {
    this.add('iommu_mrds', 1);
    this.domainIn = domainBy[code] ?? this.domainIn;
  }
}
