import { machineFromFiles } from '../machine/from-files.ts';
import { machineFromText } from '../machine/lspci/machine-from-text.ts';
import type { Machine } from '../machine/machine.ts';
import { parseReport } from '../machine/report/parse-report.ts';
import { isSourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import type { Needs, SourceContent } from './needs.ts';

/** Understands what a source holds. */
export async function understand(content: SourceContent, needs: Needs): Promise<Machine | SourceProblem> {
  switch (content.kind) {
    case 'files':
      return machineFromFiles(content.tree, await needs.names(), content.from);
    case 'text':
      return machineFromText(content.text, await needs.names(), content.from);
    case 'json':
      return parseReport(content.value, content.from);
  }
}

/** Opens a source (null: this host) and understands it. */
export async function readMachine(source: string | null, needs: Needs): Promise<Machine | SourceProblem> {
  const content = await needs.openSource(source);
  return isSourceProblem(content) ? content : understand(content, needs);
}
