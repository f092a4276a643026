import type { Evidence, Finding } from '../../main/passthrough/finding.ts';
import type { Transaction } from '../../main/remapping/trace.ts';

/** Would the machine that is shown stop this request? Only what its own facts support. */
export interface MachineVerdict {
  readonly answer: 'stops' | 'lets-through' | 'unknown';
  /** what decides: the unit for DMA, its interrupt table for interrupts */
  readonly by: 'unit' | 'interrupt-remapping';
  readonly evidence: readonly Evidence[];
}

const answerOf = { fine: 'stops', blocks: 'lets-through', attention: 'lets-through', unknown: 'unknown' } as const;

/**
 * The verdict on a request that the simulated unit stopped; null for one that it let through, where there is nothing to
 * stop. A machine without the finding has not been judged.
 */
export function machineVerdict(transaction: Transaction, findings: readonly Finding[]): MachineVerdict | null {
  if (transaction.outcome !== 'blocked') return null;
  const by = transaction.kind === 'interrupt' ? 'interrupt-remapping' : 'unit';
  const finding = findings.find(({ code }) => code === (by === 'unit' ? 'iommu-on' : 'interrupt-remapping'));
  return finding === undefined
    ? { answer: 'unknown', by, evidence: [] }
    : { answer: answerOf[finding.verdict], by, evidence: finding.evidence };
}
