import type { Artefact } from './artefact.ts';

export interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
  /** from 1; null where the line is not on that side */
  readonly before: number | null;
  readonly after: number | null;
}

/** Cells of the table of common lengths; beyond it, what differs is shown as replaced. Configuration files stay far below. */
const largest = 4_000_000;

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/**
 * Lines of two texts side by side, by their longest common subsequence (Hunt and McIlroy, 1976). Our own: @codemirror/merge
 * compares characters and belongs to the screen.
 */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;

  const rows = a.length - start - end;
  const columns = b.length - start - end;
  const width = columns + 1;
  const common = rows * columns <= largest ? new Uint32Array((rows + 1) * width) : null;
  const at = (row: number, column: number): number => common?.[row * width + column] ?? 0;
  if (common !== null) {
    for (let row = rows - 1; row >= 0; row -= 1) {
      for (let column = columns - 1; column >= 0; column -= 1) {
        const same = a[start + row] === b[start + column];
        common[row * width + column] = same
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
      }
    }
  }

  const lines: DiffLine[] = [];
  const keep = (i: number, j: number): void => {
    lines.push({ sign: ' ', text: a[i] ?? '', before: i + 1, after: j + 1 });
  };
  for (let i = 0; i < start; i += 1) keep(i, i);
  let row = 0;
  let column = 0;
  while (row < rows || column < columns) {
    const i = start + row;
    const j = start + column;
    if (common !== null && row < rows && column < columns && a[i] === b[j]) {
      keep(i, j);
      row += 1;
      column += 1;
    } else if (row < rows && (column >= columns || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ sign: '-', text: a[i] ?? '', before: i + 1, after: null });
      row += 1;
    } else {
      lines.push({ sign: '+', text: b[j] ?? '', before: null, after: j + 1 });
      column += 1;
    }
  }
  for (let i = 0; i < end; i += 1) keep(a.length - end + i, b.length - end + i);
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
