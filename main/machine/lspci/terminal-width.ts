import { logLine, looksLikeLog } from '../kernel-log/log-line.ts';

/** What is looked at to tell a width: more than any machine's first records. */
const looked = 1 << 17;
const fewest = 4;
const narrowest = 40;
const widest = 300;
/** Nothing that lspci or a listing prints fills more lines of a terminal. */
const mostParts = 12;
/** What lspci and listings of groups begin a line with: an indent, a device, a group, bytes, or a key and its value. */
const opens =
  /^(?:\t| {2}|(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7] |(?:IOMMU [Gg]|G)roup \d|[0-9a-f]{2,3}: [0-9a-f]{2} | ?[A-Z][A-Za-z0-9/ ]{1,24}: )/;
const keyed = /^ ?[A-Z][A-Za-z0-9/ ]{1,24}: /;
/** How the kernel's messages begin: a name, perhaps a device or a number behind it, and a colon. */
const message = /^[A-Za-z][\w.\-/]{1,24}(?: [\w.:\-/[\]]{1,24})?: /;
/** What stands in the middle of words and figures, and lspci's flags (`DisINTx-`). */
const inside = /^ ?(?:[a-z0-9+,.;)\]-]|[A-Z][A-Za-z0-9]{0,15}[+-](?:[ ,]|$))/;

/**
 * A text whose lines a terminal broke at its width, in the middle of words, put together again. Only lines of lspci and of
 * listings are, never those of a log: a message may begin like the rest of any line, so that a log which something cut at a
 * width looks like one that a terminal broke.
 */
export function withoutTerminalWidth(text: string): string {
  const lines = text.split('\n');
  const width = terminalWidth(text.slice(0, looked).split('\n').slice(0, -1));
  if (width === null) return text;
  const whole: string[] = [];
  for (let at = 0; at < lines.length;) {
    const parts = brokenInto(lines, at, width);
    whole.push(lines.slice(at, at + parts).join(''));
    at += parts;
  }
  return whole.join('\n');
}

/**
 * The column at which a terminal broke the lines. Where something cut them instead (`cut -c1-120`), the next one begins
 * behind a full line; only few lines are as long as a terminal is wide by chance.
 */
function terminalWidth(lines: readonly string[]): number | null {
  const widths = lines.map(columns);
  const width = widths.reduce((most, each) => Math.max(most, each), 0);
  if (width < narrowest || width > widest) return null;
  let broken = 0;
  let withinWords = 0;
  let full = 0;
  for (let at = 0; at < lines.length;) {
    const parts = brokenInto(lines, at, width);
    if (parts > 1) {
      broken++;
      if (inside.test(lines[at + 1] ?? '')) withinWords++;
    } else if (widths[at] === width) full++;
    at += parts;
  }
  if (broken < fewest || full > broken || withinWords * 3 < broken) return null;
  // A program that wraps at blanks leaves lines of all lengths below its width.
  const shorter = lines.filter((_, at) => {
    const columnsOf = widths[at] ?? 0;
    return columnsOf < width && columnsOf > width - 16 && !begins(lines[at + 1] ?? '');
  }).length;
  return shorter * 2 > broken ? null : width;
}

/** How many lines the one at this place was broken into: full ones, and a rest. */
function brokenInto(lines: readonly string[], at: number, width: number): number {
  const first = lines[at] ?? '';
  if (columns(first) !== width || !opens.test(first) || isMessage(first)) return 1;
  for (let parts = 1; parts < mostParts; parts++) {
    const rest = lines[at + parts] ?? '';
    if (columns(rest) > width || begins(rest) || (keyed.test(first) && message.test(rest))) return 1;
    if (columns(rest) < width) return parts + 1;
  }
  return 1;
}

/** What cannot go on with the line above. */
const begins = (line: string): boolean => line === '' || opens.test(line) || isMessage(line);

function isMessage(line: string): boolean {
  const { message: text, stamped } = logLine(line);
  return stamped || looksLikeLog(text);
}

function columns(line: string): number {
  if (!line.includes('\t')) return line.length;
  let column = 0;
  for (const char of line) column = char === '\t' ? column + 8 - (column % 8) : column + 1;
  return column;
}
