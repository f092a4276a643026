import { pastedLine } from '../lspci/pasted-line.ts';

/** Tables are small; more hexadecimal lines in a row than this are no DMAR or IVRS. */
const mostBytes = 1 << 20;
/**
 * Offset and bytes as `hexdump -C` prints them (a wider gap in the middle, characters between bars; its first half alone
 * looks like a whole line of the next kind), acpidump, iasl and `od -A x -t x1` (`0000: 44 4D 41 52`), and `xxd` (two bytes
 * together).
 */
const hexLines = [
  /^[ \t>|]*([0-9a-f]{8}) {2}((?:[0-9a-f]{2} ){8} (?:[0-9a-f]{2} ){0,7}[0-9a-f]{2}) {2,40}\|/i,
  /^[ \t>|]*([0-9a-f]{4,8}):?[ \t]+((?:[0-9a-f]{2}[ \t]){0,15}[0-9a-f]{2})(?:[ \t]|\r?$)/i,
  /^[ \t>|]*([0-9a-f]{7,8}): ((?:[0-9a-f]{4} ){0,7}[0-9a-f]{2,4})(?: |\r?$)/i,
] as const;

/** `hexdump` and `od` write this for lines of the same bytes as the one above, up to the next offset. */
const fold = /^[ \t>|]*\*[ \t]*\r?$/;
/** The offset behind the last byte, which both end with. */
const lastOffset = /^[ \t>|]*([0-9a-f]{6,8})[ \t]*\r?$/i;
/** Bytes of a line that can be folded: the short one at the end never is. */
const lineBytes = 16;

/**
 * The first DMAR or IVRS in a text with hexadecimal dumps: a run of lines whose offsets follow one another, which begins
 * with one of the two signatures. Null where there is none.
 */
export function tableOfText(text: string): Uint8Array | null {
  let run: number[] = [];
  let folded = false;
  const found = (): Uint8Array | null => (isTable(run) ? Uint8Array.from(run) : null);
  for (let at = 0; at <= text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = pastedLine(text.slice(at, Math.min(end, at + 256)));
    const match = hexLines.map((pattern) => pattern.exec(line)).find((each) => each !== null);
    at = end + 1;
    if (match === undefined && fold.test(line) && run.length >= lineBytes && isTable(run)) {
      folded = true;
      continue;
    }
    const told = match?.[1] ?? (folded ? lastOffset.exec(line)?.[1] : undefined);
    const offset = told === undefined ? null : parseInt(told, 16);
    if (folded && offset !== null) unfold(run, offset);
    folded = false;
    if (offset !== run.length || run.length > mostBytes) {
      const table = found();
      if (table) return table;
      run = [];
    }
    if (offset === run.length) {
      for (const [byte] of (match?.[2] ?? '').matchAll(/[0-9a-f]{2}/gi)) run.push(parseInt(byte, 16));
    }
  }
  return found();
}

/** Repeats the last line up to an offset, where whole lines lead there; never beyond what a table can have. */
function unfold(run: number[], offset: number): void {
  if (offset > mostBytes || (offset - run.length) % lineBytes !== 0) return;
  const line = run.slice(-lineBytes);
  while (run.length < offset) run.push(...line);
}

function isTable(bytes: readonly number[]): boolean {
  const signature = String.fromCharCode(...bytes.slice(0, 4));
  return signature === 'DMAR' || signature === 'IVRS';
}
