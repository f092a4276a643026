import type { SlotwiseHandlers } from '../contract/contract.ts';
import { fine, refuse, type Reply } from '../contract/problem.ts';
import type { Machine } from '../machine/machine.ts';
import { reportText } from '../machine/report/report-text.ts';
import type { Needs } from './needs.ts';

type OnMachine = <T>(use: (machine: Machine) => Reply<T> | Promise<Reply<T>>) => Promise<Reply<T>>;

/** The reports' part of the contract. What makes one is loaded when the first is asked for. */
export function reportHandlers(
  needs: Needs,
  onMachine: OnMachine,
): Pick<SlotwiseHandlers, 'report.make' | 'report.save'> {
  const make = async (machine: Machine, redact: boolean) => {
    const { makeReport } = await import('./make-report.ts');
    return makeReport(machine, { redact, now: needs.now(), known: needs.ownNames() });
  };
  return {
    'report.make': ({ redact }) => onMachine(async (machine) => fine(await make(machine, redact))),
    'report.save': ({ redact }) =>
      onMachine(async (machine) => {
        const made = await make(machine, redact);
        const saved = await needs.saveFile(made.fileName, reportText(made.document));
        return 'problem' in saved ? refuse(saved.problem, saved.where) : fine({ file: saved.file });
      }),
  };
}
