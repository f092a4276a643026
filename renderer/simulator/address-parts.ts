import type { TraceStep, Transaction } from '../../main/remapping/trace.ts';

/** A stretch of the requested address: what chose an entry (`position` in the trace), or the offset in the page (null). */
export interface AddressPart {
  readonly high: number;
  readonly low: number;
  readonly value: number;
  readonly level: number | null;
  readonly position: number | null;
}

/**
 * How a request's address is taken apart by the walk, highest bits first: one part for every paging step that had begun,
 * and the offset once the page is known. `first` is the position of `steps[0]` in the trace. Empty for what has no walk.
 */
export function addressParts(
  transaction: Transaction,
  steps: readonly TraceStep[],
  first: number,
): readonly AddressPart[] {
  const parts = steps.flatMap((step, at): AddressPart[] =>
    step.structure === 'paging-table' && step.indexBits
      ? [{ ...step.indexBits, level: step.level, position: first + at }]
      : [],
  );
  const lowest = parts.at(-1);
  const leaf = steps.some((step) => step.decision === 'paging-entry-is-leaf');
  if (lowest === undefined || !leaf || lowest.low === 0) return parts;
  const offset = Number(BigInt(transaction.address) & ((1n << BigInt(lowest.low)) - 1n));
  return [...parts, { high: lowest.low - 1, low: 0, value: offset, level: null, position: null }];
}
