import type { DecisionCode } from '../trace-codes.ts';

/** An event that a counter may count: its group (EGI) and its bit there (ES). */
interface EventRow {
  readonly group: number;
  readonly select: number;
}

/**
 * The hardware’s own events, under the names that perf shows (Linux drivers/iommu/intel/perfmon.c IOMMU_PMU_EVENT_ATTR).
 * Those that count clocks or blocked cycles are not here: the engine has no time. Nor are those of caches that a unit has
 * for its host’s page tables.
 */
export const performanceEvents = {
  iommu_requests: { group: 0, select: 0x002 },
  iommu_mrds: { group: 1, select: 0x001 },
  pg_req_posted: { group: 1, select: 0x040 },
  ctxt_cache_lookup: { group: 2, select: 0x001 },
  ctxt_cache_hit: { group: 2, select: 0x002 },
  pasid_cache_lookup: { group: 2, select: 0x004 },
  pasid_cache_hit: { group: 2, select: 0x008 },
  iotlb_lookup: { group: 3, select: 0x001 },
  iotlb_hit: { group: 3, select: 0x002 },
  int_cache_lookup: { group: 4, select: 0x001 },
  int_cache_hit_nonposted: { group: 4, select: 0x002 },
  int_cache_hit_posted: { group: 4, select: 0x004 },
} as const satisfies Record<string, EventRow>;
export type PerformanceEvent = keyof typeof performanceEvents;

export const eventNames = Object.keys(performanceEvents) as readonly PerformanceEvent[];
export const eventGroups = 5;

/** ES of every event that a group has. */
export const offeredIn = (group: number): number =>
  eventNames.reduce((bits, name) => {
    const row: EventRow = performanceEvents[name];
    return row.group === group ? bits | row.select : bits;
  }, 0);

const contextHit = ['ctxt_cache_lookup', 'ctxt_cache_hit'] as const;
const iotlbHit = ['iotlb_lookup', 'iotlb_hit'] as const;

/** What a decision of the unit means for the counters. A hit for an interrupt is posted or not, which is seen later. */
export const countedBy: Partial<Record<DecisionCode, readonly PerformanceEvent[]>> = {
  'context-cache-hit': contextHit,
  'scalable-context-cache-hit': contextHit,
  'context-cache-miss': ['ctxt_cache_lookup'],
  'pasid-cache-hit': ['pasid_cache_lookup', 'pasid_cache_hit'],
  'pasid-cache-miss': ['pasid_cache_lookup'],
  'iotlb-hit': iotlbHit,
  'iotlb-forbids-read': iotlbHit,
  'iotlb-forbids-write': iotlbHit,
  'iotlb-miss': ['iotlb_lookup'],
  'interrupt-cache-hit': ['int_cache_lookup', 'int_cache_hit_nonposted'],
  'interrupt-cache-miss': ['int_cache_lookup'],
};
