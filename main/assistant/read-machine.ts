import { machineFromFiles } from '../machine/from-files.ts';
import { machineFromText } from '../machine/lspci/machine-from-text.ts';
import type { Machine } from '../machine/machine.ts';
import { parseReport } from '../machine/report/parse-report.ts';
import { isSourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import { isInventory } from '../machine/windows/inventory.ts';
import { machineFromInventory } from '../machine/windows/machine-from-inventory.ts';
import type { Needs, SourceContent } from './needs.ts';

/** Understands what a source holds. */
export async function understand(content: SourceContent, needs: Needs): Promise<Machine | SourceProblem> {
  switch (content.kind) {
    case 'files':
      return machineFromFiles(content.tree, await needs.names(), content.from);
    case 'text':
      return machineFromText(content.text, await needs.names(), content.from);
    case 'json':
      return isInventory(content.value)
        ? machineFromInventory(content.value, await needs.names(), content.from)
        : parseReport(content.value, content.from);
  }
}

/** Opens a source (null: this host) and understands it. */
export async function readMachine(source: string | null, needs: Needs): Promise<Machine | SourceProblem> {
  const content = await needs.openSource(source);
  return isSourceProblem(content) ? content : understand(content, needs);
}
