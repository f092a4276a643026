import type { Machine } from '../machine/machine.ts';
import { parseJson } from '../machine/report/json-text.ts';
import { isSourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import type { Needs } from './needs.ts';
import { understand } from './read-machine.ts';

/** Understands a file that the person opened in the page: a report, which is a JSON object, or pasted lspci text. */
export async function openContent(name: string, content: string, needs: Needs): Promise<Machine | SourceProblem> {
  const from = { name, readAt: needs.now(), collectedAt: null, origin: null, partlyStaged: false } as const;
  // A kernel log begins with `[`, so only a brace means JSON.
  if (!/^\s*\{/.test(content.slice(0, 64))) {
    return understand({ kind: 'text', text: content, from: { ...from, kind: 'lspci-text' } }, needs);
  }
  const parsed = parseJson(content, name);
  if (isSourceProblem(parsed)) return parsed;
  return understand({ kind: 'json', value: parsed.value, from: { ...from, kind: 'report' } }, needs);
}
