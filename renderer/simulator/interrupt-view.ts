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

/** The interrupt under the playhead; empty for everything else. */
export function interruptView({ transaction, done, stop }: Scene): InterruptView {
  if (transaction.kind !== 'interrupt') return noInterrupt;
  const read = done.find(({ structure }) => structure === 'interrupt-table');
  const check = done.find(({ decision }) => decision === 'source-accepted' || decision === 'source-refused');
  const delivery = done.find(({ decision }) => decision === 'interrupt-delivered');
  return {
    entry: done.find(({ values }) => values.index !== undefined)?.values.index ?? null,
    position: read === undefined ? null : transaction.firstStep + read.number - 1,
    stopped: stop?.structure === 'interrupt-table',
    check: check ? { source: transaction.source, passes: check.decision === 'source-accepted' } : null,
    delivered:
      delivery === undefined
        ? null
        : { vector: delivery.values.vector ?? 0, destination: delivery.values.destination ?? 0 },
  };
}
