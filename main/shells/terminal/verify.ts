import { verificationText } from '../../words/verification.ts';
import { terminalWords } from '../../words/terminal.ts';
import { machineOptions, parse } from './arguments.ts';
import { askOn } from './assistant.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayJson, sayProblem, WrongUse, type Terminal } from './outcome.ts';
import { isProblem, readPlanFile } from './plan-file.ts';

const options = { ...machineOptions, plan: { type: 'string' } } as const;

/** `slotwise verify`: ends with 1 while a step of the plan has not taken effect. */
export async function verify(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parse(args, options, 0);
  const json = values.json ?? false;
  if (values.plan === undefined) throw new WrongUse(terminalWords.whichPlan);
  const plan = await readPlanFile(values.plan);
  if (isProblem(plan)) return sayProblem(terminal, plan, json);
  const reply = await askOn(terminal, values.machine)('plan.verify', { plan });
  if (!reply.ok) return sayProblem(terminal, reply.problem, json);
  if (json) sayJson(terminal, reply.value);
  else terminal.out(verificationText(reply.value));
  return reply.value.steps.every(({ verdict }) => verdict !== 'not-yet') ? exitCode.fine : exitCode.blocked;
}
