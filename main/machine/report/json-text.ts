import { sourceProblem, type SourceProblem } from '../source-problem.ts';
import { jsonFault } from './json-fault.ts';

/** Parses JSON; a problem names line and column in the file `name`, both counted from 1. */
export function parseJson(text: string, name: string): { value: unknown } | SourceProblem {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    const at = jsonFault(text);
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    const column = at - before.lastIndexOf('\n');
    const detail = at >= text.length ? 'the JSON ends too early' : `no JSON: unexpected ${JSON.stringify(text[at])}`;
    return sourceProblem('source-not-understood', `${name}, line ${line}, column ${column}`, detail);
  }
}
