import type { SlotwiseContract } from '../contract/contract.ts';
import type { InputOf, OutputOf } from '../contract/endpoint.ts';
import { fine, refuse, type Reply } from '../contract/problem.ts';
import type { Machine } from '../machine/machine.ts';
import type { SourceProblem } from '../machine/source-problem.ts';
import { scenarioCodes } from '../remapping/scenario-shape.ts';
import { scenarioOf } from '../remapping/scenarios/catalogue.ts';
import { askEngine } from './ask-engine.ts';
import type { Needs } from './needs.ts';
import { isProblem, storySubject } from './story-subject.ts';

/** Every scenario, and what it is worth comparing with. */
export const listScenarios = (): Reply<OutputOf<SlotwiseContract['scenario.list']>> =>
  fine(scenarioCodes.map((scenario) => ({ scenario, against: [...scenarioOf(scenario).against] })));

/** Records a scenario on the path of one device, whole, with the machine's verdict; and once more under a variant. */
export async function recordForDevice(
  { address, scenario, against }: InputOf<SlotwiseContract['scenario.record']>,
  shown: () => Promise<Machine | SourceProblem>,
  needs: Needs,
): Promise<Reply<OutputOf<SlotwiseContract['scenario.record']>>> {
  const subject = await storySubject(address, shown, needs);
  if (isProblem(subject)) return { ok: false, problem: subject };
  const { on, unit, device, path, vendor, facts } = subject;
  const answer = await askEngine({ do: 'record', scenario, path, vendor, facts, against }, 'recorded', needs);
  return answer === null ? refuse('engine-stopped') : fine({ on, unit, device, ...answer.recording });
}
