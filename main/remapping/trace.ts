import type { InferOutput } from 'valibot';
import { counterNames, decisionRow } from './trace-codes.ts';
import type { CounterName } from './trace-codes.ts';
import type { fieldShape, stepShape, structureReadShape, traceShape, transactionShape } from './trace-shape.ts';

/**
 * A recorded run of the remapping engine, and exact movement through it. A trace is never executed again: going back
 * is reading an earlier step. All functions are pure; positions are indexes into `steps`.
 */
export type Trace = InferOutput<typeof traceShape>;
export type Transaction = InferOutput<typeof transactionShape>;
export type TraceStep = InferOutput<typeof stepShape>;
export type StructureRead = InferOutput<typeof structureReadShape>;
export type EntryField = InferOutput<typeof fieldShape>;

export type Counters = Readonly<Record<CounterName, number>>;

/** How far one press of a key goes. `access` stops at steps that read a structure or touch memory. */
export type Stride = 'step' | 'access' | 'transaction' | 'fault' | 'miss';

const distance = 64;

/** The IOTLB knows the page, and the request goes on from there. */
export function isCachedPage(step: TraceStep): boolean {
  const { kind, flow, counts } = decisionRow(step.decision);
  return kind === 'iotlb-lookup' && flow === 'goes-on' && counts?.includes('iotlbHits') === true;
}

/** What makes movement and counters fast; made once per trace by `indexTrace`. */
export interface TraceIndex {
  readonly trace: Trace;
  /** ascending positions at which each stride stops */
  readonly stops: Readonly<Record<Exclude<Stride, 'step'>, Int32Array>>;
  /** counters before step 0, 64, 128 …: one row of `counterNames.length` each */
  readonly checkpoints: Int32Array;
}

const isMiss = (step: TraceStep): boolean => step.decision.endsWith('-miss');
const isAccess = (step: TraceStep): boolean => step.read !== null || step.structure === 'memory';
const isStop = (step: TraceStep): boolean => decisionRow(step.decision).flow === 'stops';

function positions(trace: Trace, wanted: (step: TraceStep, at: number) => boolean): Int32Array {
  const found: number[] = [];
  trace.steps.forEach((step, at) => wanted(step, at) && found.push(at));
  return Int32Array.from(found);
}

function count(step: TraceStep, into: Int32Array, offset: number): void {
  for (const name of decisionRow(step.decision).counts ?? []) {
    const slot = offset + counterNames.indexOf(name);
    into[slot] = (into[slot] ?? 0) + 1;
  }
}

/** O(steps), once; everything below is O(1) or O(log steps). */
export function indexTrace(trace: Trace): TraceIndex {
  const width = counterNames.length;
  const checkpoints = new Int32Array((Math.floor(trace.steps.length / distance) + 1) * width);
  const running = new Int32Array(width);
  trace.steps.forEach((step, at) => {
    if (at % distance === 0) checkpoints.set(running, (at / distance) * width);
    count(step, running, 0);
  });
  if (trace.steps.length % distance === 0) checkpoints.set(running, (trace.steps.length / distance) * width);
  return {
    trace,
    stops: {
      access: positions(trace, isAccess),
      transaction: Int32Array.from(trace.transactions, (transaction) => transaction.firstStep),
      fault: positions(trace, isStop),
      miss: positions(trace, isMiss),
    },
    checkpoints,
  };
}

/** First element greater than `at`, by halving. */
function after(sorted: Int32Array, at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The next position in this stride, or null at the end. */
export function forward(index: TraceIndex, at: number, stride: Stride): number | null {
  if (stride === 'step') return at + 1 < index.trace.steps.length ? at + 1 : null;
  return index.stops[stride][after(index.stops[stride], at)] ?? null;
}

/** The previous position in this stride, or null at the beginning. Inside a transaction, `transaction` goes to its own first step. */
export function back(index: TraceIndex, at: number, stride: Stride): number | null {
  if (stride === 'step') return at > 0 ? at - 1 : null;
  return index.stops[stride][after(index.stops[stride], at - 1) - 1] ?? null;
}

/** Cumulative counters with the step at `at` done; -1 gives zeros. */
export function countersAt(index: TraceIndex, at: number): Counters {
  const width = counterNames.length;
  const done = Math.max(0, Math.min(at + 1, index.trace.steps.length));
  const checkpoint = Math.floor(done / distance);
  const sums = index.checkpoints.slice(checkpoint * width, (checkpoint + 1) * width);
  for (let step = checkpoint * distance; step < done; step++) {
    const recorded = index.trace.steps[step];
    if (recorded) count(recorded, sums, 0);
  }
  return Object.fromEntries(counterNames.map((name, slot) => [name, sums[slot] ?? 0])) as Counters;
}

/** The transaction of a step. */
export function transactionAt(trace: Trace, at: number): Transaction | undefined {
  const step = trace.steps[at];
  return step && trace.transactions[step.transaction];
}

/** The steps of a transaction, in order. */
export const stepsOf = (trace: Trace, transaction: Transaction): readonly TraceStep[] =>
  trace.steps.slice(transaction.firstStep, transaction.firstStep + transaction.steps);

/** Positions of the faults, misses and transaction starts, for the overview strip. */
export const stopsOf = (index: TraceIndex, stride: Exclude<Stride, 'step'>): Int32Array => index.stops[stride];

/** Simulated nanoseconds from the start to the end of the last step. */
export function duration(trace: Trace): number {
  const last = trace.steps.at(-1);
  return last ? last.at + last.cost : 0;
}

/** The last step that had begun at this simulated time; 0 before the first. Times ascend, so scrubbing halves too. */
export function positionAtTime(trace: Trace, nanoseconds: number): number {
  let low = 0;
  let high = trace.steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((trace.steps[middle]?.at ?? 0) <= nanoseconds) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
