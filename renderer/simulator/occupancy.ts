import type { Trace, TraceStep, Transaction } from '../../main/remapping/trace.ts';

/** What the unit's caches hold after a step, oldest first, and which of it the step looked up or filled. */
export interface Occupancy {
  /** first addresses of the cached pages */
  readonly pages: readonly bigint[];
  readonly contexts: readonly string[];
  readonly interrupts: readonly number[];
  /** index into `pages` or `interrupts` that this step is about; null: none */
  readonly page: number | null;
  readonly interrupt: number | null;
}

const pageOf = (transaction: Transaction): bigint =>
  BigInt(transaction.address) & ~(BigInt(transaction.pageSize ?? 4096) - 1n);

interface Caches {
  readonly pages: Map<bigint, true>;
  readonly contexts: Map<string, true>;
  readonly interrupts: Map<number, true>;
  /** the interrupt index that the current transaction looked up: the entry's own step does not repeat it */
  wanted: number;
}

/** A cache that a request misses and whose entry is then read without a fault holds that entry afterwards. */
const fills: Partial<
  Record<TraceStep['decision'], (caches: Caches, step: TraceStep, transaction: Transaction) => void>
> = {
  'iotlb-filled': (caches, _, transaction) => caches.pages.set(pageOf(transaction), true),
  'amd-iotlb-filled': (caches, _, transaction) => caches.pages.set(pageOf(transaction), true),
  'amd-device-entry-translates': (caches, _, transaction) => caches.contexts.set(transaction.source, true),
  'amd-device-entry-passes': (caches, _, transaction) => caches.contexts.set(transaction.source, true),
  'amd-interrupt-cache-miss': (caches, step) => (caches.wanted = step.values.index ?? -1),
  'amd-interrupt-entry-remaps': (caches) => caches.interrupts.set(caches.wanted, true),
  'amd-interrupt-entry-remaps-narrow': (caches) => caches.interrupts.set(caches.wanted, true),
  'context-entry-translates': (caches, _, transaction) => caches.contexts.set(transaction.source, true),
  'context-entry-passes': (caches, _, transaction) => caches.contexts.set(transaction.source, true),
  'interrupt-cache-miss': (caches, step) => (caches.wanted = step.values.index ?? -1),
  'interrupt-entry-present': (caches) => caches.interrupts.set(caches.wanted, true),
  'iotlb-invalidated': (caches, step) => {
    const { granularity, address } = step.values;
    if (granularity !== 'page' || address === undefined) caches.pages.clear();
    else caches.pages.delete(BigInt(address) & ~0xfffn);
  },
  'amd-pages-forgotten': (caches) => caches.pages.clear(),
  'amd-device-entry-forgotten': (caches) => caches.contexts.clear(),
  'amd-interrupt-table-forgotten': (caches) => caches.interrupts.clear(),
  'amd-everything-forgotten': (caches) => {
    caches.pages.clear();
    caches.contexts.clear();
    caches.interrupts.clear();
  },
  'context-cache-invalidated': (caches) => caches.contexts.clear(),
  'interrupt-cache-invalidated': (caches, step) => {
    const { granularity, index } = step.values;
    if (granularity !== 'index' || index === undefined) caches.interrupts.clear();
    else caches.interrupts.delete(index);
  },
};

const place = <K>(map: ReadonlyMap<K, true>, key: K): number | null => {
  const at = [...map.keys()].indexOf(key);
  return at === -1 ? null : at;
};

/** O(steps so far): traces that are stepped through are short. */
export function occupancyAt(trace: Trace, at: number): Occupancy {
  const caches: Caches = { pages: new Map(), contexts: new Map(), interrupts: new Map(), wanted: -1 };
  for (const step of trace.steps.slice(0, at + 1)) {
    const transaction = trace.transactions[step.transaction];
    if (transaction) fills[step.decision]?.(caches, step, transaction);
  }
  const here = trace.steps[at];
  const transaction = here && trace.transactions[here.transaction];
  const aboutPages = here?.structure === 'iotlb' && transaction !== undefined;
  return {
    pages: [...caches.pages.keys()],
    contexts: [...caches.contexts.keys()],
    interrupts: [...caches.interrupts.keys()],
    page: aboutPages ? place(caches.pages, pageOf(transaction)) : null,
    interrupt: here?.structure === 'interrupt-cache' ? place(caches.interrupts, here.values.index ?? -1) : null,
  };
}
