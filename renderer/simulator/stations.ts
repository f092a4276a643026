import { decisionRow } from '../../main/remapping/trace-codes.ts';
import { isCachedPage, stepsOf } from '../../main/remapping/trace.ts';
import type { Trace, TraceStep, Transaction } from '../../main/remapping/trace.ts';

/** One table of the walk as the picture shows it: `root`, `context`, AMD's one `device`, or a paging level. */
export interface TableStation {
  readonly key: string;
  readonly kind: 'root' | 'context' | 'device' | 'paging';
  readonly level: number | null;
  readonly entries: number;
  /** address bits that choose the entry; null where the requester id does */
  readonly bits: { readonly high: number; readonly low: number } | null;
  /** `passed`: read by an earlier step of this transaction, `ahead`: not read (yet) */
  readonly state: 'ahead' | 'passed' | 'here' | 'stopped';
  readonly index: number | null;
  /** position in the trace of the step that read it */
  readonly position: number | null;
}

/** Where the transaction under the playhead stands. */
export interface Scene {
  readonly transaction: Transaction;
  readonly step: TraceStep;
  /** its steps up to and with this one; `all` also those to come */
  readonly done: readonly TraceStep[];
  readonly all: readonly TraceStep[];
  readonly tables: readonly TableStation[];
  /** the step that stopped it, once it is done */
  readonly stop: TraceStep | null;
  readonly arrived: boolean;
  /** the IOTLB answered (or is known to, once looked up) */
  readonly cached: boolean;
}

const tableKey = (step: TraceStep): string | null => {
  if (step.structure === 'root-table') return 'root';
  if (step.structure === 'context-table') return 'context';
  if (step.structure === 'device-table' && step.read !== null) return 'device';
  return step.structure === 'paging-table' && step.level !== null ? `level-${step.level}` : null;
};

/** An AMD device's entry may stop a request with what was read of it a step before. */
const isBy = (stop: TraceStep | null, key: string): boolean => key === 'device' && stop?.structure === 'device-table';

/** Index of the entry that a step read, of `entries`. */
const indexOf = (step: TraceStep): number | null => step.indexBits?.value ?? step.values.index ?? null;

const levelsOf = (trace: Trace): readonly number[] =>
  [...new Set(trace.tables.pagingTables.map(({ level }) => level))].sort((a, b) => b - a);

/** The tables of a walk in the order in which they are read; the same for every position of a trace. */
export function tablesOf(trace: Trace): readonly Omit<TableStation, 'state' | 'index' | 'position'>[] {
  const before =
    trace.tables.deviceTable === null
      ? [
          { key: 'root', kind: 'root' as const, level: null, entries: 256, bits: null },
          { key: 'context', kind: 'context' as const, level: null, entries: 256, bits: null },
        ]
      : [{ key: 'device', kind: 'device' as const, level: null, entries: 65_536, bits: null }];
  return [
    ...before,
    ...levelsOf(trace).map((level) => ({
      key: `level-${level}`,
      kind: 'paging' as const,
      level,
      entries: 512,
      bits: { high: 11 + 9 * level, low: 3 + 9 * level },
    })),
  ];
}

/** Everything that the picture says about the position `at`; null for an empty trace. */
export function sceneAt(trace: Trace, at: number): Scene | null {
  const step = trace.steps[at];
  const transaction = step && trace.transactions[step.transaction];
  if (step === undefined || transaction === undefined) return null;
  const all = stepsOf(trace, transaction);
  const done = all.slice(0, step.number);
  const stop = done.find(({ decision }) => decisionRow(decision).flow === 'stops') ?? null;
  return {
    transaction,
    step,
    all,
    done,
    stop,
    arrived: done.some(({ decision }) => decisionRow(decision).flow === 'arrives'),
    cached: done.some(isCachedPage),
    tables: tablesOf(trace).map((table) => {
      const read = done.find((candidate) => tableKey(candidate) === table.key);
      if (read === undefined) return { ...table, state: 'ahead', index: null, position: null };
      return {
        ...table,
        state: read === stop || isBy(stop, table.key) ? 'stopped' : read === step ? 'here' : 'passed',
        index: indexOf(read),
        position: transaction.firstStep + read.number - 1,
      };
    }),
  };
}
