import { parseAddress, type PciAddress } from '../address.ts';

/**
 * The first line of a record, in all forms that lspci has (pciutils lspci.c show_terse):
 * `01:00.0 VGA compatible controller [0300]: NVIDIA … [10de:2684] (rev a1) (prog-if 00 [VGA controller])` with -nn, the
 * same without the brackets, `01:00.0 0300: 10de:2684 (rev a1)` with -n.
 */
export interface RecordHeader {
  /** null with -n */
  readonly className: string | null;
  /** 16 bits: base class and sub-class */
  readonly classCode: number | null;
  readonly progIf: number | null;
  /** vendor's and device's name run together; null with -n */
  readonly name: string | null;
  readonly ids: { readonly vendor: number; readonly device: number } | null;
  readonly revision: number;
}

const start = /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7]) ([^:"]{1,80}?) ?:(?: (.*))?$/i;
const addressAndRest = /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7]) (.*)$/i;
const progIf = / ?\(prog-if ([0-9a-f]{2})(?: \[[^\]]{0,120}\])?\)$/i;
const revision = / ?\(rev ([0-9a-f]{2})\)$/i;
const idsAtEnd = /(?:^| )\[?([0-9a-f]{4}):([0-9a-f]{4})\]?$/i;
const numericClass = /^(?:Class )?([0-9a-f]{4})$/i;
const classAtEnd = / ?\[(?:Class )?([0-9a-f]{4})\]$/i;

/** Where a record begins: its address, and the rest of the line; null for every other line. */
export function recordStart(line: string): { address: PciAddress; rest: string } | null {
  // Most lines are none, and a hexadecimal digit costs less to test than a pattern.
  const digit = line.charCodeAt(0);
  if (!((digit >= 48 && digit <= 57) || (digit >= 97 && digit <= 102) || (digit >= 65 && digit <= 70))) return null;
  if (!start.test(line)) return null;
  const match = addressAndRest.exec(line);
  const address = match?.[1] === undefined ? null : parseAddress(match[1]);
  return address && match?.[2] !== undefined ? { address, rest: match[2] } : null;
}

/** Reads a first line behind its address, continuation lines joined. */
export function readHeader(rest: string): RecordHeader {
  const colon = rest.indexOf(':');
  const classText = rest.slice(0, colon).trim();
  let device = rest.slice(colon + 1).trim();
  const cut = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(device);
    if (match) device = device.slice(0, match.index);
    return match;
  };
  // A whole `(prog-if` can be the last thing that a clipped paste has.
  const interfaceText = cut(progIf)?.[1];
  const revisionText = cut(revision)?.[1];
  const ids = cut(idsAtEnd);
  const numeric = numericClass.exec(classText) ?? classAtEnd.exec(classText);
  const className = numericClass.test(classText) ? '' : classText.replace(classAtEnd, '');
  return {
    className: className === '' ? null : className,
    classCode: numeric?.[1] === undefined ? null : parseInt(numeric[1], 16),
    progIf: interfaceText === undefined ? null : parseInt(interfaceText, 16),
    name: device.trim() === '' || device.trim() === 'Device' ? null : device.trim(),
    ids: ids?.[1] && ids[2] ? { vendor: parseInt(ids[1], 16), device: parseInt(ids[2], 16) } : null,
    // lspci leaves out revision 00.
    revision: revisionText === undefined ? 0 : parseInt(revisionText, 16),
  };
}
