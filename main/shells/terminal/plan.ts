import { parseAddress, type PciAddress } from '../../machine/address.ts';
import { profiles, type Profile } from '../../passthrough/plan.ts';
import { planText } from '../../words/plan.ts';
import { terminalWords } from '../../words/terminal.ts';
import { joinLists, listOf, machineOptions, parse } from './arguments.ts';
import { askOn } from './assistant.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayJson, sayProblem, WrongUse, type Terminal } from './outcome.ts';
import { refuseOwnSource } from './own-source.ts';
import { writeWhole } from './write-whole.ts';

const options = {
  ...machineOptions,
  give: { type: 'string', multiple: true },
  keep: { type: 'string', multiple: true },
  lose: { type: 'string', multiple: true },
  vm: { type: 'string' },
  profile: { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

const isProfile = (text: string): text is Profile => (profiles as readonly string[]).includes(text);

const addressOf = (text: string): PciAddress => {
  const address = parseAddress(text);
  if (address === null) throw new WrongUse(terminalWords.noAddress(text));
  return address;
};

/** `slotwise plan`: ends with 1 and writes nothing while a guard is open. */
export async function plan(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parse(joinLists(args, ['--give', '--keep', '--lose']), options, 0);
  const json = values.json ?? false;
  const give = (values.give ?? []).flatMap(listOf).map(addressOf);
  if (give.length === 0) throw new WrongUse(terminalWords.giveWhat);
  refuseOwnSource(values.machine, values.output);
  const profile = values.profile ?? 'gaming';
  if (!isProfile(profile)) throw new WrongUse(terminalWords.noProfile(profile, profiles));
  const reply = await askOn(terminal, values.machine)('plan.make', {
    give,
    keep: (values.keep ?? []).flatMap(listOf).map(addressOf),
    lose: (values.lose ?? []).flatMap(listOf),
    vm: values.vm ?? 'slotwise-vm',
    profile,
  });
  if (!reply.ok) return sayProblem(terminal, reply.problem, json);
  const planning = reply.value;
  const ready = planning.state === 'ready';
  if (values.output !== undefined && ready) {
    const trouble = await writeWhole(values.output, `${JSON.stringify(planning.plan, null, 2)}\n`);
    if (trouble !== null) return sayProblem(terminal, trouble, json);
  }
  if (json) sayJson(terminal, planning);
  else terminal.out(planText(planning, ready ? (values.output ?? null) : null));
  return ready ? exitCode.fine : exitCode.blocked;
}
