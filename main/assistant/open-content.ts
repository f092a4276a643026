import type { Machine } from '../machine/machine.ts';
import { sourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import type { Needs } from './needs.ts';
import { understand } from './read-machine.ts';

/** Understands a file that the person opened in the page: a report, or pasted lspci text. */
export async function openContent(name: string, content: string, needs: Needs): Promise<Machine | SourceProblem> {
  const from = { name, readAt: needs.now(), collectedAt: null, origin: null, partlyStaged: false } as const;
  if (!/^\s*[[{]/.test(content.slice(0, 64))) {
    return understand({ kind: 'text', text: content, from: { ...from, kind: 'lspci-text' } }, needs);
  }
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return sourceProblem('source-not-understood', name, 'expected JSON or lspci text');
  }
  return understand({ kind: 'json', value, from: { ...from, kind: 'report' } }, needs);
}
