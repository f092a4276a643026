import { reportText } from '../../machine/report/report-text.ts';
import { reportContents } from '../../words/report.ts';
import { machineOptions, parse } from './arguments.ts';
import { askOn } from './assistant.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayJson, sayProblem, type Terminal } from './outcome.ts';
import { refuseOwnSource } from './own-source.ts';
import { writeWhole } from './write-whole.ts';

const options = {
  ...machineOptions,
  output: { type: 'string', short: 'o' },
  'no-redact': { type: 'boolean' },
} as const;

/** `slotwise report`: the report on stdout, or in a file, and then what is in it. */
export async function report(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parse(args, options, 0);
  refuseOwnSource(values.machine, values.output);
  const json = values.json ?? false;
  const reply = await askOn(terminal, values.machine)('report.make', { redact: values['no-redact'] !== true });
  if (!reply.ok) return sayProblem(terminal, reply.problem, json);
  const { document, redacted, secrets } = reply.value;
  if (values.output === undefined) {
    sayJson(terminal, document);
    return exitCode.fine;
  }
  const trouble = await writeWhole(values.output, reportText(document), 0o600);
  if (trouble !== null) return sayProblem(terminal, trouble, json);
  if (json) sayJson(terminal, document);
  else terminal.out(reportContents(values.output, document.machine, redacted ? secrets : null));
  return exitCode.fine;
}
