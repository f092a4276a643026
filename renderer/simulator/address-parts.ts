import { isCachedPage } from '../../main/remapping/trace.ts';
import type { TraceStep, Transaction } from '../../main/remapping/trace.ts';

/**
 * A stretch of the requested address and what it chose: an entry of a paging level, the cached page, the place in the
 * page; of an interrupt message its range, handle and format. `position` is the step in the trace; null: none.
 */
export interface AddressPart {
  readonly kind: 'level' | 'page' | 'offset' | 'range' | 'handle' | 'format';
  readonly high: number;
  readonly low: number;
  readonly value: number;
  readonly level: number | null;
  readonly position: number | null;
}

const bitsOf = (address: string, high: number, low: number): number =>
  Number((BigInt(address) >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n));

function pagingParts(transaction: Transaction, steps: readonly TraceStep[], first: number): readonly AddressPart[] {
  const parts = steps.flatMap((step, at): AddressPart[] =>
    step.structure === 'paging-table' && step.indexBits
      ? [{ kind: 'level', ...step.indexBits, level: step.level, position: first + at }]
      : [],
  );
  const leaf = steps.some(({ decision }) => decision.endsWith('-is-leaf'));
  const low = parts.at(-1)?.low ?? 0;
  if (!leaf || low === 0) return parts;
  const value = bitsOf(transaction.address, low - 1, 0);
  return [...parts, { kind: 'offset', high: low - 1, low: 0, value, level: null, position: null }];
}

/** Without a walk the cache has split the address: page and place in it. */
function cachedParts(transaction: Transaction, steps: readonly TraceStep[], first: number): readonly AddressPart[] {
  const at = steps.findIndex(isCachedPage);
  const size = steps[at]?.values.pageSize;
  if (size === undefined) return [];
  const low = Math.log2(size);
  const part = (kind: 'page' | 'offset', high: number, end: number): AddressPart => ({
    kind,
    high,
    low: end,
    value: bitsOf(transaction.address, high, end),
    level: null,
    position: kind === 'page' ? first + at : null,
  });
  // 48 bits are the widest address that four levels take.
  return [part('page', 47, low), part('offset', low - 1, 0)];
}

/**
 * The remappable format of VT-d 5.1.2: FEEh in 31:20, handle in 19:5 (its bit 15 in address bit 2), format 1 in bit 4. An AMD
 * unit takes the index from the data, and of the address only the range.
 */
const messageRows: Readonly<Record<string, readonly (readonly ['range' | 'handle' | 'format', number, number])[]>> = {
  'format-remappable': [
    ['range', 31, 20],
    ['handle', 19, 5],
    ['format', 4, 4],
  ],
  'amd-interrupt-control-remaps': [['range', 31, 20]],
};

function messageParts(transaction: Transaction, steps: readonly TraceStep[], first: number): readonly AddressPart[] {
  const at = steps.findIndex(({ decision }) => decision in messageRows);
  if (at === -1) return [];
  const rows = messageRows[steps[at]?.decision ?? ''] ?? [];
  return rows.map(([kind, high, low]) => ({
    kind,
    high,
    low,
    value: bitsOf(transaction.address, high, low),
    level: null,
    position: first + at,
  }));
}

/** How a request's address is taken apart, highest bits first, up to the last of `steps`; `first`: position of `steps[0]`. */
export function addressParts(
  transaction: Transaction,
  steps: readonly TraceStep[],
  first: number,
): readonly AddressPart[] {
  if (transaction.kind === 'interrupt') return messageParts(transaction, steps, first);
  const walked = pagingParts(transaction, steps, first);
  return walked.length > 0 ? walked : cachedParts(transaction, steps, first);
}
