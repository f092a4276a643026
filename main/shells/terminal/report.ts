import { hostname, userInfo } from 'node:os';
import { redact } from '../../machine/redaction/redact.ts';
import type { SecretName } from '../../machine/redaction/text.ts';
import { reportOf } from '../../machine/report/parse-report.ts';
import { reportContents } from '../../words/report.ts';
import { machineOptions, parse } from './arguments.ts';
import { askOn } from './assistant.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayJson, sayProblem, type Terminal } from './outcome.ts';
import { writeWhole } from './write-whole.ts';

const options = {
  ...machineOptions,
  output: { type: 'string', short: 'o' },
  'no-redact': { type: 'boolean' },
} as const;

/** Names of this host and of who runs us, which a reading of this host may hold anywhere. */
function ownNames(): SecretName[] {
  const host = hostname();
  const names: SecretName[] = [host, host.split('.')[0] ?? host].map((name) => ({ kind: 'host', name }));
  try {
    return [...names, { kind: 'user', name: userInfo().username }];
  } catch {
    // A user without an entry in passwd has no name to hide (containers run as bare numbers).
    return names;
  }
}

/** `slotwise report`: the report on stdout, or in a file, and then what is in it. */
export async function report(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parse(args, options, 0);
  const json = values.json ?? false;
  const reply = await askOn(terminal, values.machine)('machine.get', {});
  if (!reply.ok) return sayProblem(terminal, reply.problem, json);
  const redacted = values['no-redact'] === true ? null : redact(reply.value, ownNames());
  const machine = redacted?.machine ?? reply.value;
  const document = reportOf(machine);
  if (values.output === undefined) {
    sayJson(terminal, document);
    return exitCode.fine;
  }
  const trouble = await writeWhole(values.output, `${JSON.stringify(document, null, 1)}\n`, 0o600);
  if (trouble !== null) return sayProblem(terminal, trouble, json);
  if (json) sayJson(terminal, document);
  else terminal.out(reportContents(values.output, machine, redacted?.replaced ?? null));
  return exitCode.fine;
}
