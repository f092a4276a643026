import type { Difference } from './scenario-shape.ts';
import { decisionRow } from './trace-codes.ts';
import { stepsOf } from './trace.ts';
import type { Trace, TraceStep } from './trace.ts';

/**
 * What two configurations may differ in without having decided anything: where tables happen to lie. Where memory is reached
 * the output counts.
 */
function meaningOf(step: TraceStep): readonly unknown[] {
  const { output, ...values } = step.values;
  const reached = decisionRow(step.decision).flow === 'arrives' ? output : undefined;
  const told = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  return [step.decision, step.level, reached, ...told.flat()];
}

/** Do two steps decide the same about the same? */
export function decidesSame(left: TraceStep, right: TraceStep): boolean {
  const one = meaningOf(left);
  const other = meaningOf(right);
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

/**
 * Where two traces of one scenario first part, transaction by transaction: the same requests under two configurations. Null
 * where they decide the same throughout. Positions are indexes into each trace's `steps`; a side that ends earlier has none.
 */
export function firstDifference(left: Trace, right: Trace): Difference | null {
  const transactions = Math.max(left.transactions.length, right.transactions.length);
  for (let transaction = 0; transaction < transactions; transaction++) {
    const ours = left.transactions[transaction];
    const theirs = right.transactions[transaction];
    const one = ours === undefined ? [] : stepsOf(left, ours);
    const other = theirs === undefined ? [] : stepsOf(right, theirs);
    for (let at = 0; at < Math.max(one.length, other.length); at++) {
      const [a, b] = [one[at], other[at]];
      if (a !== undefined && b !== undefined && decidesSame(a, b)) continue;
      return {
        transaction,
        left: a === undefined || ours === undefined ? null : ours.firstStep + at,
        right: b === undefined || theirs === undefined ? null : theirs.firstStep + at,
      };
    }
  }
  return null;
}
