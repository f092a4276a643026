/** Tables are small; more hexadecimal lines in a row than this are no DMAR or IVRS. */
const mostBytes = 1 << 20;
const hexLine = /^[ \t]*([0-9a-f]{4,8}):[ \t]+((?:[0-9a-f]{2}[ \t]){1,15}[0-9a-f]{2}|[0-9a-f]{2})(?:[ \t]|\r?$)/i;

/**
 * The first DMAR or IVRS in a text of `acpidump`, or of any tool that prints `0000: 44 4D 41 52 …`: a run of lines whose
 * offsets follow one another, which begins with one of the two signatures. Null where there is none.
 */
export function tableOfText(text: string): Uint8Array | null {
  let run: number[] = [];
  const found = (): Uint8Array | null => (isTable(run) ? Uint8Array.from(run) : null);
  for (let at = 0; at <= text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const match = hexLine.exec(text.slice(at, Math.min(end, at + 256)));
    at = end + 1;
    const offset = match?.[1] === undefined ? null : parseInt(match[1], 16);
    if (offset !== run.length || run.length > mostBytes) {
      const table = found();
      if (table) return table;
      run = [];
    }
    if (offset === run.length) {
      for (const byte of (match?.[2] ?? '').trim().split(/[ \t]+/)) run.push(parseInt(byte, 16));
    }
  }
  return found();
}

function isTable(bytes: readonly number[]): boolean {
  const signature = String.fromCharCode(...bytes.slice(0, 4));
  return signature === 'DMAR' || signature === 'IVRS';
}
