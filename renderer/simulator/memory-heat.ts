import type { Trace } from '../../main/remapping/trace.ts';

/** Guest memory as a grid of equal cells, and how often each was reached so far. */
export interface MemoryHeat {
  /** 0 to 1, of the hottest cell */
  readonly cells: readonly number[];
  /** the cell that this step touches; null: none */
  readonly touched: number | null;
}

/** The cell that a host address lies in, of guest memory laid end to end; null outside all of it. */
export function cellOf(ranges: Trace['guestMemory'], host: string, cells: number): number | null {
  const address = BigInt(host);
  const total = ranges.reduce((sum, range) => sum + BigInt(range.bytes), 0n);
  let before = 0n;
  for (const range of ranges) {
    const offset = address - BigInt(range.host);
    const bytes = BigInt(range.bytes);
    if (offset >= 0n && offset < bytes) return Number(((before + offset) * BigInt(cells)) / total);
    before += bytes;
  }
  return null;
}

/** The cell of the host's own memory, below the guest's `cells`, that stands for an address outside of the guest. */
export const hostCellOf = (host: string, cells: number, hostCells: number): number =>
  cells + Number((BigInt(host) >> 12n) % BigInt(hostCells));

/** Shares of the largest; all 0 when nothing was reached. */
export function heatOf(counts: readonly number[], touched: number | null): MemoryHeat {
  const most = Math.max(1, ...counts);
  return { cells: counts.map((count) => count / most), touched };
}

/** Heat after the step at `at`: an access counts with its memory step. The host’s own cells are touched, and get no heat. */
export function memoryHeat(trace: Trace, at: number, cells: number, hostCells = 0): MemoryHeat {
  const counts = new Array<number>(cells).fill(0);
  let touched: number | null = null;
  trace.steps.slice(0, at + 1).forEach((step, position) => {
    if (step.structure !== 'memory' || step.values.output === undefined) return;
    const cell = cellOf(trace.guestMemory, step.values.output, cells);
    if (cell === null) {
      if (position === at && hostCells > 0) touched = hostCellOf(step.values.output, cells, hostCells);
      return;
    }
    counts[cell] = (counts[cell] ?? 0) + 1;
    if (position === at) touched = cell;
  });
  return heatOf(counts, touched);
}
