import { sourceProblem, type SourceProblem } from '../source-problem.ts';

/** Parses JSON; a problem names line and column in `name`, since V8 tells an offset only, and only in words. */
export function parseJson(text: string, name: string): { value: unknown } | SourceProblem {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const offset = / at position (\d{1,10})/.exec(message)?.[1];
    const at = offset === undefined ? text.length : Number(offset);
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    const column = at - before.lastIndexOf('\n');
    const detail = at >= text.length ? 'the JSON ends too early' : `no JSON: unexpected ${JSON.stringify(text[at])}`;
    return sourceProblem('source-not-understood', `${name}, line ${line}, column ${column}`, detail);
  }
}
