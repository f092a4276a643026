import { decidesSame } from '../../main/remapping/trace-compare.ts';
import { stepsOf } from '../../main/remapping/trace.ts';
import type { Trace, TraceStep, Transaction } from '../../main/remapping/trace.ts';

/** One line of a comparison; null where a side has no such step any more. */
export interface ComparedRow {
  readonly number: number;
  readonly left: TraceStep | null;
  readonly right: TraceStep | null;
  readonly same: boolean;
}

/** One request under two configurations. */
export interface ComparedTransaction {
  readonly left: Transaction;
  readonly right: Transaction;
  readonly rows: readonly ComparedRow[];
  /** index of the first row in which they part; null: they decide the same */
  readonly parts: number | null;
}

/**
 * The same requests side by side. Up to where a request is decided differently its steps are the same on both sides; from
 * there on each side goes its own way, and lines stand beside each other by their number alone.
 */
export function compareTransactions(left: Trace, right: Trace): readonly ComparedTransaction[] {
  return left.transactions.flatMap((ours, at) => {
    const theirs = right.transactions[at];
    if (theirs === undefined) return [];
    const one = stepsOf(left, ours);
    const other = stepsOf(right, theirs);
    let parted = false;
    const rows = Array.from({ length: Math.max(one.length, other.length) }, (_, row): ComparedRow => {
      const [a = null, b = null] = [one[row], other[row]];
      parted ||= a === null || b === null || !decidesSame(a, b);
      return { number: row + 1, left: a, right: b, same: !parted };
    });
    const parts = rows.findIndex(({ same }) => !same);
    return [{ left: ours, right: theirs, rows, parts: parts === -1 ? null : parts }];
  });
}
