import * as v from 'valibot';
import type { Machine, MachineSource } from '../machine.ts';
import { sourceProblem, type SourceProblem } from '../source-problem.ts';
import { migrate, migrations, reportShape, reportVersion, type Report } from './versions.ts';

/** The report of a machine, ready for `JSON.stringify`. */
export const reportOf = (machine: Machine): Report => ({ format: 'slotwise-report', version: reportVersion, machine });

/** What every version has in common. */
const envelopeShape = v.looseObject({
  format: v.literal('slotwise-report'),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

/**
 * The machine in the parsed JSON of a report of any version. `from` says where the report was found: its kind, name and
 * time replace those in the report, all else stays as it was saved.
 */
export function parseReport(value: unknown, from: MachineSource): Machine | SourceProblem {
  const problem = (where: string, detail: string): SourceProblem =>
    sourceProblem('source-not-understood', where === '' ? from.name : `${from.name}, ${where}`, detail);

  const envelope = v.safeParse(envelopeShape, value, { abortEarly: true });
  if (!envelope.success) {
    const [issue] = envelope.issues;
    return problem(
      v.getDotPath(issue) ?? '',
      `not a Slotwise report: expected ${issue.expected ?? 'one'}, found ${issue.received}`,
    );
  }
  const { version } = envelope.output;
  if (version > reportVersion) {
    return problem('version', `report version ${version}; this program reads versions up to ${reportVersion}`);
  }
  const current = migrate(envelope.output, version, migrations, reportVersion);
  if (!current) return problem('version', `no way from report version ${version} to ${reportVersion}`);
  const report = v.safeParse(reportShape, current, { abortEarly: true });
  if (!report.success) {
    const [issue] = report.issues;
    return problem(
      v.getDotPath(issue) ?? '',
      `expected ${issue.expected ?? 'another value'}, found ${issue.received.slice(0, 80)}`,
    );
  }
  const { machine } = report.output;
  return { ...machine, source: { ...machine.source, kind: from.kind, name: from.name, readAt: from.readAt } };
}
