import { groupQuestionWords } from '../../words/group-questions.ts';
import { explanationText } from '../../words/grouping.ts';
import { machineOptions, parse } from './arguments.ts';
import { askOn } from './assistant.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayJson, sayProblem, WrongUse, type Terminal } from './outcome.ts';

/** `slotwise explain ADDR|GROUP`: why this group is what it is, and what would change it. */
export async function explain(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = parse(args, machineOptions, 1);
  const [of] = positionals;
  if (of === undefined) throw new WrongUse(groupQuestionWords.whichGroup);
  const json = values.json ?? false;
  const ask = askOn(terminal, values.machine);
  const explained = await ask('groups.explain', { of });
  if (!explained.ok) return sayProblem(terminal, explained.problem, json);
  if (json) {
    sayJson(terminal, explained.value);
    return exitCode.fine;
  }
  const machine = await ask('machine.get', {});
  if (!machine.ok) return sayProblem(terminal, machine.problem, json);
  terminal.out(explanationText(explained.value, machine.value));
  return exitCode.fine;
}
