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

/**
 * The first DMAR or IVRS in a text with hexadecimal dumps: a run of lines whose offsets follow one another, which begins
 * with one of the two signatures. Null where there is none.
 */
export function tableOfText(text: string): Uint8Array | null {
  let run: number[] = [];
  const found = (): Uint8Array | null => (isTable(run) ? Uint8Array.from(run) : null);
  for (let at = 0; at <= text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = pastedLine(text.slice(at, Math.min(end, at + 256)));
    const match = hexLines.map((pattern) => pattern.exec(line)).find((each) => each !== null);
    at = end + 1;
    const offset = match?.[1] === undefined ? null : parseInt(match[1], 16);
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

function isTable(bytes: readonly number[]): boolean {
  const signature = String.fromCharCode(...bytes.slice(0, 4));
  return signature === 'DMAR' || signature === 'IVRS';
}
