import type { Trace, Transaction } from '../../main/remapping/trace.ts';

/** Guest memory as a grid of equal cells, and how often each was reached so far. */
export interface MemoryHeat {
  /** 0 to 1, of the hottest cell */
  readonly cells: readonly number[];
  /** the cell that this step touches; null: none */
  readonly touched: number | null;
}

/** The cell of guest memory that an address lies in; null outside. */
export function cellOf(guest: Trace['guestMemory'], address: string, cells: number): number | null {
  const offset = BigInt(address) - BigInt(guest.firstAddress);
  const bytes = BigInt(guest.bytes);
  if (offset < 0n || offset >= bytes) return null;
  return Number((offset * BigInt(cells)) / bytes);
}

const reached = (transaction: Transaction): boolean => transaction.kind === 'dma' && transaction.outcome === 'arrived';

/** Heat after the step at `at`: an access counts with its memory step. */
export function memoryHeat(trace: Trace, at: number, cells: number): MemoryHeat {
  const counts = new Array<number>(cells).fill(0);
  let touched: number | null = null;
  trace.steps.slice(0, at + 1).forEach((step, position) => {
    const transaction = trace.transactions[step.transaction];
    if (step.structure !== 'memory' || !transaction || !reached(transaction)) return;
    const cell = cellOf(trace.guestMemory, transaction.address, cells);
    if (cell === null) return;
    counts[cell] = (counts[cell] ?? 0) + 1;
    if (position === at) touched = cell;
  });
  const most = Math.max(1, ...counts);
  return { cells: counts.map((count) => count / most), touched };
}
