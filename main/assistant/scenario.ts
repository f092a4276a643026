import type { SlotwiseContract } from '../contract/contract.ts';
import type { InputOf, OutputOf } from '../contract/endpoint.ts';
import { fine, type Reply } from '../contract/problem.ts';
import type { Machine } from '../machine/machine.ts';
import type { SourceProblem } from '../machine/source-problem.ts';
import { scenarioCodes, variants } from '../remapping/scenario-shape.ts';
import type { Needs } from './needs.ts';
import { isProblem, storySubject } from './story-subject.ts';

/** Every scenario, and what it is worth comparing with. */
export async function listScenarios(): Promise<Reply<OutputOf<SlotwiseContract['scenario.list']>>> {
  const { scenarioOf } = await import('../remapping/scenarios/catalogue.ts');
  return fine(scenarioCodes.map((scenario) => ({ scenario, against: [...scenarioOf(scenario).against] })));
}

/** Records a scenario on the path of one device, whole, with the machine's verdict; and once more under a variant. */
export async function recordForDevice(
  { address, scenario, against }: InputOf<SlotwiseContract['scenario.record']>,
  shown: () => Promise<Machine | SourceProblem>,
  needs: Needs,
): Promise<Reply<OutputOf<SlotwiseContract['scenario.record']>>> {
  const subject = await storySubject(address, shown, needs);
  if (isProblem(subject)) return { ok: false, problem: subject };
  const { on, device, path, vendor, facts } = subject;
  const [{ recordScenario }, { judge }, { firstDifference }] = await Promise.all([
    import('../remapping/scenarios/run-scenario.ts'),
    import('../remapping/scenarios/judge.ts'),
    import('../remapping/trace-compare.ts'),
  ]);
  const trace = recordScenario(scenario, path, vendor);
  const verdict = judge(scenario, path, vendor, facts);
  if (against === null) return fine({ on, device, trace, verdict, against: null });
  const other = recordScenario(scenario, path, vendor, variants[against]);
  const compared = { variant: against, trace: other, difference: firstDifference(trace, other) };
  return fine({ on, device, trace, verdict, against: compared });
}
