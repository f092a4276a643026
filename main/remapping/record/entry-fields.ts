import { bitsOf } from '../core/quad.ts';
import type { DecisionCode } from '../trace-codes.ts';
import { decisionRow } from '../trace-codes.ts';
import type { EntryField } from '../trace.ts';
import { amdDecisive, amdLayoutOf, amdLayouts } from './amd-entry-fields.ts';

type Meaning = EntryField['meaning'];
/** name, high bit, low bit, meaning; `flag` becomes set or clear, `reserved` says whether it is kept */
export type FieldRow = readonly [name: string, high: number, low: number, meaning: Meaning | 'flag' | 'reserved'];

/** The fields of each structure, in bit order (VT-d 9.1, 9.3, 9.8, 9.9). */
const layouts = {
  root: [
    ['P', 0, 0, 'flag'],
    ['reserved', 11, 1, 'reserved'],
    ['CTP', 63, 12, 'address'],
    ['reserved', 127, 64, 'reserved'],
  ],
  context: [
    ['P', 0, 0, 'flag'],
    ['FPD', 1, 1, 'flag'],
    ['TT', 3, 2, 'translation-type'],
    ['reserved', 11, 4, 'reserved'],
    ['SSPTPTR', 63, 12, 'address'],
    ['AW', 66, 64, 'levels'],
    ['reserved', 71, 71, 'reserved'],
    ['DID', 87, 72, 'domain'],
    ['reserved', 127, 88, 'reserved'],
  ],
  scalableContext: [
    ['P', 0, 0, 'flag'],
    ['FPD', 1, 1, 'flag'],
    ['DTE', 2, 2, 'flag'],
    ['PASIDE', 3, 3, 'flag'],
    ['PRE', 4, 4, 'flag'],
    ['reserved', 8, 5, 'reserved'],
    ['PDTS', 11, 9, 'number'],
    ['PASIDDIRPTR', 63, 12, 'address'],
    ['RID_PASID', 83, 64, 'number'],
  ],
  pasidDirectory: [
    ['P', 0, 0, 'flag'],
    ['FPD', 1, 1, 'flag'],
    ['reserved', 11, 2, 'reserved'],
    ['SMPTBLPTR', 63, 12, 'address'],
  ],
  pasidEntry: [
    ['P', 0, 0, 'flag'],
    ['FPD', 1, 1, 'flag'],
    ['AW', 4, 2, 'levels'],
    ['PGTT', 8, 6, 'number'],
    ['SSADE', 9, 9, 'flag'],
    ['reserved', 11, 10, 'reserved'],
    ['SSPTPTR', 63, 12, 'address'],
    ['DID', 79, 64, 'domain'],
  ],
  firstTable: [
    ['P', 0, 0, 'flag'],
    ['R/W', 1, 1, 'flag'],
    ['U/S', 2, 2, 'flag'],
    ['A', 5, 5, 'flag'],
    ['PS', 7, 7, 'flag'],
    ['ADDR', 51, 12, 'address'],
    ['XD', 63, 63, 'flag'],
  ],
  firstLeaf: [
    ['P', 0, 0, 'flag'],
    ['R/W', 1, 1, 'flag'],
    ['U/S', 2, 2, 'flag'],
    ['A', 5, 5, 'flag'],
    ['D', 6, 6, 'flag'],
    ['PS', 7, 7, 'flag'],
    ['ADDR', 51, 12, 'address'],
    ['XD', 63, 63, 'flag'],
  ],
  table: [
    ['R', 0, 0, 'flag'],
    ['W', 1, 1, 'flag'],
    ['PS', 7, 7, 'flag'],
    ['ADDR', 51, 12, 'address'],
  ],
  leaf: [
    ['R', 0, 0, 'flag'],
    ['W', 1, 1, 'flag'],
    ['PS', 7, 7, 'flag'],
    ['A', 8, 8, 'flag'],
    ['D', 9, 9, 'flag'],
    ['SNP', 11, 11, 'flag'],
    ['ADDR', 51, 12, 'address'],
  ],
  interrupt: [
    ['P', 0, 0, 'flag'],
    ['FPD', 1, 1, 'flag'],
    ['DM', 2, 2, 'flag'],
    ['RH', 3, 3, 'flag'],
    ['TM', 4, 4, 'flag'],
    ['DLM', 7, 5, 'delivery-mode'],
    ['IM', 15, 15, 'flag'],
    ['V', 23, 16, 'vector'],
    ['DST', 63, 32, 'destination'],
    ['SID', 79, 64, 'source'],
    ['SQ', 81, 80, 'source-mask'],
    ['SVT', 83, 82, 'source-check-type'],
    ['reserved', 127, 84, 'reserved'],
  ],
} as const satisfies Record<string, readonly FieldRow[]>;

const allLayouts = { ...layouts, ...amdLayouts };
export type Layout = keyof typeof allLayouts;

/** Names of the fields that decide: what one looks at first when the step is shown. */
const decisive: Partial<Record<DecisionCode, readonly string[]>> = {
  'root-entry-present': ['P', 'CTP'],
  'root-not-present': ['P'],
  'root-reserved': ['reserved'],
  'context-entry-translates': ['P', 'TT', 'AW', 'DID'],
  'context-entry-passes': ['P', 'TT'],
  'context-not-present': ['P'],
  'context-reserved': ['reserved'],
  'context-unsupported': ['TT', 'AW'],
  'paging-entry-leads-down': ['R', 'W', 'ADDR'],
  'paging-entry-is-leaf': ['R', 'W', 'PS', 'ADDR'],
  'paging-not-present': ['R', 'W'],
  'write-not-allowed': ['W'],
  'read-not-allowed': ['R'],
  'scalable-context-present': ['P', 'PASIDDIRPTR', 'RID_PASID'],
  'pasid-directory-present': ['P', 'SMPTBLPTR'],
  'pasid-directory-not-present': ['P'],
  'pasid-directory-reserved': ['reserved'],
  'pasid-entry-present': ['P', 'PGTT', 'DID'],
  'pasid-entry-not-present': ['P'],
  'pasid-entry-reserved': ['reserved'],
  'pasid-entry-unsupported': ['PGTT', 'AW'],
  'first-stage-leads-down': ['P', 'R/W', 'U/S', 'ADDR'],
  'first-stage-is-leaf': ['P', 'R/W', 'U/S', 'PS', 'ADDR'],
  'first-stage-not-present': ['P'],
  'first-stage-user-refused': ['U/S'],
  'first-stage-write-refused': ['R/W'],
  'first-stage-execute-refused': ['XD'],
  'interrupt-entry-present': ['P', 'V', 'DST'],
  'interrupt-entry-not-present': ['P'],
  'interrupt-entry-reserved': ['reserved', 'IM', 'DST', 'SVT', 'DLM'],
  ...amdDecisive,
};

/** The 32-bit words of up to 256 bits, lowest first. */
export type EntryWords = ArrayLike<number>;

function fieldValue(words: EntryWords, high: number, low: number): bigint {
  let value = 0n;
  for (let word = words.length - 1; word >= 0; word--) value = (value << 32n) | BigInt((words[word] ?? 0) >>> 0);
  return (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
}

function meaningOf(row: FieldRow, value: bigint): Meaning {
  const meaning = row[3];
  if (meaning === 'flag') return value === 0n ? 'clear' : 'set';
  if (meaning === 'reserved') return value === 0n ? 'reserved-clear' : 'reserved-set';
  return meaning;
}

/** The decoded fields of an entry, for the decision that it led to. */
export function decodeFields(layout: Layout, words: EntryWords, code: DecisionCode): EntryField[] {
  const deciding = decisive[code] ?? [];
  return allLayouts[layout].map((row: FieldRow): EntryField => {
    const value = fieldValue(words, row[1], row[2]);
    return {
      name: row[0],
      high: row[1],
      low: row[2],
      value: `0x${value.toString(16)}`,
      meaning: meaningOf(row, value),
      decisive: deciding.includes(row[0]),
    };
  });
}

/** The layout of a paging entry of this decision. */
export function pagingLayoutOf(code: DecisionCode): Layout {
  const amd = amdLayoutOf(code);
  if (amd !== null) return amd;
  if (code === 'first-stage-is-leaf') return 'firstLeaf';
  if (code.startsWith('first-stage-')) return 'firstTable';
  return code === 'paging-entry-is-leaf' ? 'leaf' : 'table';
}

/** Which layout an entry of up to 128 bits of this decision has. */
export function layoutOf(code: DecisionCode): Layout {
  const amd = amdLayoutOf(code);
  if (amd !== null) return amd;
  if (code.startsWith('pasid-directory-')) return 'pasidDirectory';
  if (code.startsWith('pasid-entry-')) return 'pasidEntry';
  if (code === 'scalable-context-present') return 'scalableContext';
  const { structure } = decisionRow(code);
  return structure === 'root-table' ? 'root' : structure === 'context-table' ? 'context' : 'interrupt';
}

/** DID of a context entry, bits 87:72. */
export const domainOf = (words: EntryWords): number => bitsOf(words[3] ?? 0, words[2] ?? 0, 23, 8);
