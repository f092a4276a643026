import type { RemappingTable, TableProblem, TableRemark } from '../machine/acpi/decode-table.ts';
import { printable } from './fill-in.ts';

const at = (offset: number): string => `offset ${offset} (${offset.toString(16)}h)`;

const remarkWords = {
  checksum: () => 'the checksum is wrong; Linux takes the table all the same',
  'cut-short': (place) => `the table ends early, at ${place}; what stands before is decoded`,
  'trailing-bytes': (place) => `the file goes on behind the table, from ${place}`,
  'unknown-structure': (place) => `a structure of a type that no specification names, at ${place}, was skipped`,
  'unknown-entry': (place) => `an entry of unknown length at ${place}; the rest of its block was skipped`,
} as const satisfies Record<TableRemark['code'], (place: string) => string>;

/** Sentences of `slotwise acpi`. */
export const acpiWords = {
  what: (verb: string) => `"acpi ${verb}" is no command. Expected acpi decode FILE.`,
  whichFile: 'acpi decode names no file. Expected a DMAR or IVRS, as bytes or as acpidump text.',
  noTable: 'no DMAR or IVRS in it: expected the bytes of one, or acpidump text with one',
  problem: ({ offset, expected }: TableProblem) => `${at(offset)}: expected ${expected}`,
  remark: ({ code, offset }: TableRemark): string => remarkWords[code](at(offset)),
} as const;

/** A value as people read it: lists in one line, nested entries below. */
function lines(value: object, indent: string): string[] {
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
    if (!Array.isArray(field)) return [`${indent}${name}: ${String(field)}`];
    const simple = field.filter((each) => typeof each !== 'object' || each === null);
    if (simple.length === field.length) return [`${indent}${name}: ${simple.length === 0 ? '-' : simple.join(' ')}`];
    return [`${indent}${name}:`, ...(field as object[]).map((each) => `${indent}  ${inOneLine(each)}`)];
  });
}

const inOneLine = (value: object): string =>
  Object.entries(value)
    .map(([name, field]: [string, unknown]) => `${name} ${Array.isArray(field) ? field.join('/') : String(field)}`)
    .join(', ');

/** `slotwise acpi decode` for people: every structure with its fields, then what is odd. */
export function tableText(table: RemappingTable): string {
  const { structures, remarks, ...head } = table;
  return [
    ...lines(head, ''),
    ...structures.flatMap(({ type, ...fields }) => ['', type, ...lines(fields, '  ')]),
    ...(remarks.length === 0 ? [] : ['', ...remarks.map((remark) => `Note: ${acpiWords.remark(remark)}.`)]),
    '',
  ]
    .map(printable)
    .join('\n');
}
