/**
 * A text as rows of one width, so that a long one can be drawn a window at a time: every row is as high as the others,
 * and where one begins is a number. Lines are cut at the width, whatever stands there; nothing is left out.
 */
export interface TextRows {
  readonly count: number;
  /** where row i begins; one more at the end, where the text does */
  readonly starts: Uint32Array;
  /** the line of row i, counted from 1 */
  readonly lines: Uint32Array;
}

/** `columns` characters a row at most; the line feeds belong to the rows that they end. */
export function rowsOf(text: string, columns: number): TextRows {
  const wide = Math.max(1, Math.floor(columns));
  const starts: number[] = [];
  const lines: number[] = [];
  let line = 1;
  for (let at = 0; at < text.length; line++) {
    const feed = text.indexOf('\n', at);
    const end = feed === -1 ? text.length : feed;
    // An empty line is a row too; a line whose length is a multiple of the width adds none.
    do {
      starts.push(at);
      lines.push(line);
      at = Math.min(at + wide, end);
    } while (at < end);
    at = end + 1;
  }
  const count = starts.length;
  starts.push(text.length);
  return { count, starts: Uint32Array.from(starts), lines: Uint32Array.from(lines) };
}

/** The row that holds an offset. */
export function rowAt({ count, starts }: TextRows, offset: number): number {
  let low = 0;
  let high = Math.max(0, count - 1);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What stands in a row, without its line feed. */
export const rowText = (text: string, { starts }: TextRows, row: number): string =>
  text.slice(starts[row] ?? 0, starts[row + 1] ?? 0).replace(/\n$/, '');
