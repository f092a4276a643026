/**
 * pci.ids as nested sections (its syntax is told in the file's own head): `vendor  name`; one tab deeper
 * `device  name`; two tabs deep `subvendor subdevice  name`; behind the vendors `C base  name` with sub-classes one tab
 * deep.
 */
export interface Sections {
  /** offset behind the key of each section, by key: `10de`, `C 03`, `1043 87c0` */
  readonly at: ReadonlyMap<string, number>;
  /** offset of the first line that is no longer inside */
  readonly end: number;
}

const tab = 9;
const newline = 10;
const space = 32;
const hash = 35;
const keyLengths = [9, 4, 2] as const;

/**
 * The sections at one depth (number of tabs) between two offsets. Nothing below them is read: the list has 40 000 lines
 * and a machine needs a hundred. Plain searching: a regular expression takes ten times as long on its first run.
 */
export function sectionsAt(text: string, depth: 0 | 1 | 2, start: number, end: number): Sections {
  const at = new Map<string, number>();
  const mark = '\n' + '\t'.repeat(depth);
  for (let line = text.indexOf(mark, start); line >= 0 && line < end; line = text.indexOf(mark, line + 1)) {
    const key = line + mark.length;
    const first = text.charCodeAt(key);
    if (first === tab || first === hash || first === newline) continue;
    for (const length of keyLengths) {
      if (text.charCodeAt(key + length) !== space || text.charCodeAt(key + length + 1) !== space) continue;
      const name = text.slice(key, key + length);
      if (!at.has(name)) at.set(name, key + length);
      break;
    }
  }
  return { at, end };
}

/** Where the section that begins at this offset ends: at the next line that is as deep or less deep. */
export function endOf(text: string, depth: 0 | 1, start: number): number {
  for (let line = text.indexOf('\n', start); line >= 0; line = text.indexOf('\n', line + 1)) {
    const first = text.charCodeAt(line + 1);
    if (first === hash || first === newline) continue;
    if (first !== tab || (depth === 1 && text.charCodeAt(line + 2) !== tab)) return line;
  }
  return text.length;
}

/** The name behind a key: the rest of its line. */
export function nameAt(text: string, offset: number): string {
  const line = text.indexOf('\n', offset);
  return fromUtf8(text.slice(offset, line < 0 ? text.length : line)).trim();
}

/** Bytes as characters become the characters that they spell; what is no UTF-8 stays as it is. */
function fromUtf8(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  const escaped = bytes.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
  try {
    return decodeURIComponent(escaped);
  } catch {
    return bytes;
  }
}
