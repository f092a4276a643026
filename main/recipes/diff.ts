import { diffArrays } from 'diff';
import type { Artefact } from './artefact.ts';

export interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
  /** from 1; null where the line is not on that side */
  readonly before: number | null;
  readonly after: number | null;
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** Lines of two texts side by side, what is removed before what is added. */
export function diffLines(before: string, after: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let nextBefore = 1;
  let nextAfter = 1;
  for (const { value, added, removed } of diffArrays(linesOf(before), linesOf(after))) {
    for (const text of value) {
      lines.push({
        sign: added ? '+' : removed ? '-' : ' ',
        text,
        before: added ? null : nextBefore++,
        after: removed ? null : nextAfter++,
      });
    }
  }
  return lines;
}

/** Control characters that a terminal would obey, made visible; a file of a stranger may hold some. */
const visible = (text: string): string =>
  text.replace(/[\p{Cc}]/gu, (character) =>
    character === '\t' ? character : `\\x${character.codePointAt(0)?.toString(16).padStart(2, '0') ?? ''}`,
  );

/** An artefact as the change that it is, for a terminal: its heading and every line with its sign. */
export function diffText({ file, path, before, content }: Artefact): string {
  const to = path ?? file;
  const lines = diffLines(before ?? '', content).map(({ sign, text }) => `${sign}${visible(text)}`);
  return [`--- ${before === null ? '/dev/null' : to}`, `+++ ${to}`, ...lines, ''].join('\n');
}
