import { logLine, looksLikeLog } from '../kernel-log/log-line.ts';
import { evenLayout } from './paste-layout.ts';
import { pastedLine } from './pasted-line.ts';

export interface TextLine {
  /** counted from 1 in the text as it is laid out here */
  readonly number: number;
  /** without quoting, stamps and the blanks around it */
  readonly text: string;
  /** columns before the text; a tab ends at the next multiple of eight */
  readonly indent: number;
  /** `stamped`: certainly a kernel message; `likely`: by its words */
  readonly log: 'stamped' | 'likely' | 'no';
  /** bytes of config space as `-x` prints them: `40: 00 00 …` */
  readonly hex: boolean;
}

/** Mail quoting, perhaps in an indented block: `> `, `>> `, `> > `; some programs write `| `. */
const quote = /^(?:[ \t\u00a0]{0,8}[>|]){1,20} ?/;
/** What lspci writes on the error channel, which lands in the middle of a record. */
const complaint = /^(?:pcilib|lspci): /;
const joinedBlanks = /[ \t\u00a0]+/g;
const hexLine = /^[0-9a-f]{2,3}:(?: [0-9a-f]{2}){1,16}$/i;

/**
 * The lines of a pasted text: carriage returns, mail quoting, non-breaking blanks, what a forum or a terminal put around
 * them, complaints of lspci and the stamps of log lines are gone.
 * Lines beyond `longest` are cut: no tool prints such lines, and nothing is read from them.
 */
export function* textLines(pasted: string, longest = 8192): Generator<TextLine> {
  const text = evenLayout(pasted);
  let number = 0;
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at <= text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, Math.min(end, at + longest));
    at = end + 1;
    number++;
    // Nine lines in ten of a long dump are bytes, and need nothing of what follows.
    if (hexLine.test(line)) {
      yield { number, text: line, indent: 0, log: 'no', hex: true };
      continue;
    }
    const raw = pastedLine(line).replace(quote, '');
    const tidy = raw.replace(joinedBlanks, ' ').trim();
    if (complaint.test(tidy)) continue;
    const { message, stamped } = logLine(tidy);
    yield {
      number,
      text: message,
      indent: indentOf(raw),
      log: stamped ? 'stamped' : looksLikeLog(message) ? 'likely' : 'no',
      hex: !stamped && hexLine.test(message),
    };
  }
}

function indentOf(raw: string): number {
  let column = 0;
  for (const char of raw) {
    if (char === '\t') column += 8 - (column % 8);
    else if (char === ' ' || char === '\u00a0') column++;
    else break;
  }
  return column;
}
