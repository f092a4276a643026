import type { GroupsQuestion } from '../../contract/groups.ts';
import { parseAddress } from '../../machine/address.ts';
import { readAcsChoice } from '../../machine/grouping/acs-settings.ts';
import { groupQuestionWords } from '../../words/group-questions.ts';
import { predictedText } from '../../words/grouping.ts';
import { groupsText } from '../../words/groups.ts';
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

/** `slotwise groups`: the kernel's own grouping, or what it would be with other settings or in another slot. */
export async function groups(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parse(args, options, 0);
  const json = values.json ?? false;
  const ask = askOn(terminal, values.machine);
  const listed = await ask('groups.list', questionOf(values));
  if (!listed.ok) return sayProblem(terminal, listed.problem, json);
  if (json) {
    sayJson(terminal, listed.value);
    return exitCode.fine;
  }
  const machine = await ask('machine.get', {});
  if (!machine.ok) return sayProblem(terminal, machine.problem, json);
  const text = listed.value.source === 'read' ? groupsText : predictedText;
  terminal.out(text(listed.value, machine.value));
  return exitCode.fine;
}

function questionOf({ predict, acs, move }: { predict?: boolean; acs?: string; move?: string }): GroupsQuestion {
  if (acs !== undefined && readAcsChoice(acs) === null) throw new WrongUse(groupQuestionWords.noAcs(acs));
  return {
    ...(predict === undefined ? {} : { predict }),
    ...(acs === undefined ? {} : { acs }),
    ...(move === undefined ? {} : { move: moveOf(move) }),
  };
}

function moveOf(text: string): NonNullable<GroupsQuestion['move']> {
  const [from, to, ...rest] = text.split('=');
  const card = parseAddress(from ?? '');
  const port = parseAddress(to ?? '');
  if (!card || !port || rest.length > 0) throw new WrongUse(groupQuestionWords.noMove(text));
  return { card, port };
}
