import { parseAddress } from '../../machine/address.ts';
import { scenarioCodes, variantCodes, type ScenarioCode, type Variant } from '../../remapping/scenario-shape.ts';
import { decisionRow } from '../../remapping/trace-codes.ts';
import { terminalWords } from '../../words/terminal.ts';
import { scenarioListText, transcriptText } from '../../words/transcript.ts';
import { machineOptions, parse } from './arguments.ts';
import { askOn, type Ask } from './assistant.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayJson, sayProblem, WrongUse, type Terminal } from './outcome.ts';

const options = { ...machineOptions, device: { type: 'string' }, against: { type: 'string' } } as const;

const isScenario = (text: string): text is ScenarioCode => (scenarioCodes as readonly string[]).includes(text);
const isVariant = (text: string): text is Variant => (variantCodes as readonly string[]).includes(text);

/** `slotwise simulate SCENARIO`: one recorded scenario on the path of a device; without a scenario, which there are. */
export async function simulate(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = parse(args, options, 1);
  const [scenario] = positionals;
  const json = values.json ?? false;
  const ask = askOn(terminal, values.machine);
  if (scenario === undefined) return list(ask, terminal, json);
  if (!isScenario(scenario)) throw new WrongUse(terminalWords.noScenario(scenario, scenarioCodes));
  const against = values.against ?? null;
  if (against !== null && !isVariant(against)) throw new WrongUse(terminalWords.noVariant(against, variantCodes));
  const wanted = values.device === undefined ? undefined : parseAddress(values.device);
  if (wanted === null) throw new WrongUse(terminalWords.noAddress(values.device ?? ''));
  let address = wanted ?? null;
  if (wanted === undefined) {
    // The device that a person would most likely give; a machine without one is shown the Intel sample's.
    const judged = await ask('findings.list', {});
    if (!judged.ok) return sayProblem(terminal, judged.problem, json);
    address = judged.value.candidates[0]?.address ?? null;
  }
  const recorded = await ask('scenario.record', { address, scenario, against });
  if (!recorded.ok) return sayProblem(terminal, recorded.problem, json);
  if (json) sayJson(terminal, recorded.value);
  else terminal.out(transcriptText(recorded.value, (decision) => decisionRow(decision).cite));
  return exitCode.fine;
}

async function list(ask: Ask, terminal: Terminal, json: boolean): Promise<ExitCode> {
  const listed = await ask('scenario.list', {});
  if (!listed.ok) return sayProblem(terminal, listed.problem, json);
  if (json) sayJson(terminal, listed.value);
  else terminal.out(scenarioListText(listed.value));
  return exitCode.fine;
}
