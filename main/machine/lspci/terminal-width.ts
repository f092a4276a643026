/** What is looked at to tell a width: more than any machine's first records. */
const looked = 1 << 17;
const fewest = 4;
const narrowest = 40;
const widest = 300;
/** A line that cannot go on with the one above: indented, a device, bytes, or a key and its value. */
const begins =
  /^(?:$|\t| {2}|(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7] |[0-9a-f]{2,3}: [0-9a-f]{2} | ?[A-Z][A-Za-z0-9/ ]{1,24}: )/;
/** What stands in the middle of words and figures. */
const inside = /^ ?[a-z0-9+,.;)\]-]/;

/**
 * A text whose lines a terminal broke at its width, in the middle of words, put together again. Only a text where lines end
 * at one column again and again, and go on below without what begins a line, is taken for one.
 */
export function withoutTerminalWidth(text: string): string {
  const width = terminalWidth(text);
  if (width === null) return text;
  const lines = text.split('\n');
  let whole = lines[0] ?? '';
  let last = whole;
  for (const line of lines.slice(1)) {
    whole += columns(last) === width && !begins.test(line) ? line : `\n${line}`;
    last = line;
  }
  return whole;
}

function terminalWidth(text: string): number | null {
  const lines = text.slice(0, looked).split('\n').slice(0, -1);
  const widths = lines.map(columns);
  const width = widths.reduce((most, each) => Math.max(most, each), 0);
  if (width < narrowest || width > widest) return null;
  const goesOn = lines.map((_, at) => !begins.test(lines[at + 1] ?? ''));
  // What goes on is mostly a rest; lines of one width in a row are a list.
  const isFull = (at: number): boolean => widths[at] === width && goesOn[at] === true && (widths[at + 1] ?? 0) < width;
  const full = lines.filter((_, at) => isFull(at)).length;
  // A program that wraps at blanks leaves lines of all lengths below its width.
  const shorter = lines.filter(
    (_, at) => (widths[at] ?? 0) < width && (widths[at] ?? 0) > width - 16 && goesOn[at],
  ).length;
  if (full < fewest || shorter * 2 > full) return null;
  // Where attributes are indented, what is not and is no device can only go on with the line above.
  const indented = lines.filter((line) => /^(?:\t| {2})/.test(line)).length;
  if (indented * 2 > lines.length) return width;
  const broken = lines.filter((_, at) => isFull(at) && inside.test(lines[at + 1] ?? '')).length;
  return broken * 2 > full ? width : null;
}

function columns(line: string): number {
  if (!line.includes('\t')) return line.length;
  let column = 0;
  for (const char of line) column = char === '\t' ? column + 8 - (column % 8) : column + 1;
  return column;
}
