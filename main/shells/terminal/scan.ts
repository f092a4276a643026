import { scanText } from '../../words/scan.ts';
import { machineOptions, parse } from './arguments.ts';
import { askOn } from './assistant.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayJson, sayProblem, type Terminal } from './outcome.ts';

/** `slotwise scan`: ends with 1 where a finding blocks. */
export async function scan(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parse(args, machineOptions, 0);
  const json = values.json ?? false;
  const ask = askOn(terminal, values.machine);
  const machine = await ask('machine.get', {});
  if (!machine.ok) return sayProblem(terminal, machine.problem, json);
  const judged = await ask('findings.list', {});
  if (!judged.ok) return sayProblem(terminal, judged.problem, json);
  if (json) sayJson(terminal, { machine: machine.value, ...judged.value });
  else terminal.out(scanText(machine.value, judged.value));
  return judged.value.findings.some(({ verdict }) => verdict === 'blocks') ? exitCode.blocked : exitCode.fine;
}
