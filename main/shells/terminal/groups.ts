import { groupsText } from '../../words/groups.ts';
import { terminalWords } from '../../words/terminal.ts';
import { machineOptions, parse } from './arguments.ts';
import { askOn } from './assistant.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayJson, sayProblem, WrongUse, type Terminal } from './outcome.ts';

const options = {
  ...machineOptions,
  predict: { type: 'boolean' },
  acs: { type: 'string' },
  move: { type: 'string' },
} as const;

/** `slotwise groups`: the kernel's own grouping, device for device. */
export async function groups(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parse(args, options, 0);
  for (const name of ['predict', 'acs', 'move'] as const) {
    if (values[name] !== undefined) throw new WrongUse(terminalWords.notYet(`groups --${name}`));
  }
  const json = values.json ?? false;
  const ask = askOn(terminal, values.machine);
  const listed = await ask('groups.list', {});
  if (!listed.ok) return sayProblem(terminal, listed.problem, json);
  if (json) {
    sayJson(terminal, listed.value);
    return exitCode.fine;
  }
  const machine = await ask('machine.get', {});
  if (!machine.ok) return sayProblem(terminal, machine.problem, json);
  terminal.out(groupsText(listed.value, machine.value));
  return exitCode.fine;
}
