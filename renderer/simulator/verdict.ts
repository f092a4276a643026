import type { ScenarioVerdict } from '../../main/remapping/scenario-shape.ts';
import type { Trace, Transaction } from '../../main/remapping/trace.ts';

/** What is said under the counters: the scenario's verdict, and whose it is. */
export interface MachineVerdict {
  readonly scenario: Trace['scenario'];
  readonly verdict: ScenarioVerdict;
}

/**
 * Would the machine that is shown stop it? Answered where the question is asked: at the transactions that the scenario is
 * about. A request from live traffic belongs to no scenario, and nothing is said.
 */
export function verdictAt(
  { trace, verdict }: { readonly trace: Trace; readonly verdict: ScenarioVerdict },
  transaction: Transaction,
): MachineVerdict | null {
  return transaction.decisive && trace.scenario !== 'traffic' ? { scenario: trace.scenario, verdict } : null;
}
