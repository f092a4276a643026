import { withoutTerminalWidth } from './terminal-width.ts';

/** What is looked at to tell how a whole text was laid out: more than any machine's first records. */
const looked = 1 << 16;
const numbered = /^[ \t]{0,8}(\d{1,6})[:.|)]?(?:\t| {1,2}|$)/;
const blank = /^[\s>|]*$/;
/** Fewer lines than this have no layout that could be told from chance. */
const fewest = 8;

/**
 * A pasted text as it was before something laid it out as a whole: line ends of every system, `<br>`, a number before
 * each line (`cat -n`, pages that show files), a blank line behind each line, and a terminal that was too narrow.
 */
export function evenLayout(text: string): string {
  let even = text;
  if (/<br/i.test(even)) even = even.replace(/<br ?\/?>\n?/gi, '\n');
  if (even.includes('\r')) even = withoutReturns(even);
  if (isNumbered(even)) even = withoutNumbers(even);
  if (isDoubled(even)) even = even.replace(/\n[\s>|]*?\n/g, '\n');
  return withoutTerminalWidth(even);
}

/**
 * A carriage return alone ends lines of a terminal's recording; before a newline it is no line of its own. Line by line: a
 * pattern for a run of them before a newline looks at each run again from each of its places.
 */
function withoutReturns(text: string): string {
  const lines = text.split('\n');
  const last = lines.length - 1;
  return lines
    .map((line, at) => {
      let end = line.length;
      while (at < last && line[end - 1] === '\r') end--;
      return line.slice(0, end);
    })
    .join('\n')
    .replaceAll('\r', '\n');
}

const firstLines = (text: string): string[] => text.slice(0, looked).split('\n').slice(0, -1);

/** Nearly all lines begin with the number behind the one above. */
function isNumbered(text: string): boolean {
  const lines = firstLines(text);
  const start = lines.findIndex((line) => numbered.test(line));
  const first = numbered.exec(lines[start] ?? '')?.[1];
  if (first === undefined) return false;
  const rest = lines.slice(start);
  const counted = rest.filter((line, at) => Number(numbered.exec(line)?.[1]) === Number(first) + at).length;
  return counted >= fewest && counted > rest.length * 0.9;
}

/**
 * Only numbers that go on with the count are taken off: what stands behind a page that numbers its lines may begin with
 * figures of its own (`10: 86 80`). Lines without a number (`cat -b`, one that was broken) and gaps are part of a count.
 */
function withoutNumbers(text: string): string {
  const lines = text.split('\n');
  const numberAt = (at: number): number => Number(numbered.exec(lines[at] ?? '')?.[1] ?? NaN);
  let last: number | null = null;
  return lines
    .map((line, at) => {
      const number = numberAt(at);
      if (Number.isNaN(number)) return line;
      const goesOn = last === null || number === last + 1 || (number > last && numberAt(at + 1) === number + 1);
      if (!goesOn) return line;
      last = number;
      return line.replace(numbered, '');
    })
    .join('\n');
}

/** No two lines stand one behind the other without a blank one between. */
function isDoubled(text: string): boolean {
  const lines = firstLines(text);
  let written = 0;
  let touching = 0;
  for (const [at, line] of lines.entries()) {
    if (blank.test(line)) continue;
    written++;
    if (at > 0 && !blank.test(lines[at - 1] ?? '')) touching++;
  }
  return written >= fewest && touching * 20 < written;
}
