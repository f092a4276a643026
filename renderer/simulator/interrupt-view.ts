import { decisionRow } from '../../main/remapping/trace-codes.ts';
import type { TraceStep } from '../../main/remapping/trace.ts';
import type { Scene } from './stations.ts';

/** What the picture says of the lower path's end. */
export interface InterruptView {
  readonly entry: number | null;
  /** position of the step that read the entry */
  readonly position: number | null;
  readonly stopped: boolean;
  readonly check: { readonly source: string; readonly passes: boolean } | null;
  readonly delivered: { readonly vector: number; readonly destination: number } | null;
}

export const noInterrupt: InterruptView = { entry: null, position: null, stopped: false, check: null, delivered: null };

/** May the sender use the entry? On an AMD unit the table is the sender's own, so the look into it answers that. */
const checks: Partial<Record<TraceStep['decision'], boolean>> = {
  'source-accepted': true,
  'source-refused': false,
  'amd-interrupt-entry-remaps': true,
  'amd-interrupt-entry-remaps-narrow': true,
  'amd-interrupt-entry-off': false,
};
const arrives = (decision: TraceStep['decision']): boolean => decisionRow(decision).flow === 'arrives';

/** The interrupt under the playhead; empty for everything else. */
export function interruptView({ transaction, done, stop }: Scene): InterruptView {
  if (transaction.kind !== 'interrupt') return noInterrupt;
  const read = done.find(({ structure }) => structure === 'interrupt-table');
  const check = done.find(({ decision }) => decision in checks);
  const delivery = done.find(({ structure, decision }) => structure === 'cpu' && arrives(decision));
  return {
    entry: done.find(({ values }) => values.index !== undefined)?.values.index ?? null,
    position: read === undefined ? null : transaction.firstStep + read.number - 1,
    stopped: stop?.structure === 'interrupt-table',
    check: check ? { source: transaction.source, passes: checks[check.decision] ?? false } : null,
    delivered:
      delivery === undefined
        ? null
        : { vector: delivery.values.vector ?? 0, destination: delivery.values.destination ?? 0 },
  };
}
