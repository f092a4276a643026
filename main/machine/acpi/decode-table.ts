import { dmarStructure, type DmarStructure } from './dmar-structures.ts';
import { flagNames, flagsOf } from './flag-names.ts';
import { ivrsBlock, type IvrsBlock } from './ivrs-blocks.ts';
import { TableBytes, Unwalkable } from './table-bytes.ts';

/** What is odd about a table that could be read all the same; `offset` in bytes. */
export interface TableRemark {
  readonly code: 'checksum' | 'cut-short' | 'trailing-bytes' | 'unknown-structure' | 'unknown-entry';
  readonly offset: number;
}

interface Header {
  readonly revision: number;
  readonly checksumOk: boolean;
  readonly remarks: TableRemark[];
}

export interface DmarTable extends Header {
  readonly signature: 'DMAR';
  /** bits */
  readonly hostAddressWidth: number;
  readonly flags: string[];
  readonly structures: DmarStructure[];
}
export interface IvrsTable extends Header {
  readonly signature: 'IVRS';
  readonly virtualizationInfo: number;
  readonly structures: IvrsBlock[];
}
export type RemappingTable = DmarTable | IvrsTable;

export interface TableProblem {
  /** bytes from the table's beginning */
  readonly offset: number;
  readonly expected: string;
}

export const isTableProblem = (result: RemappingTable | TableProblem): result is TableProblem => 'expected' in result;

/** Both tables have 48 bytes before their first structure. */
const firstStructure = 48;

/**
 * Decodes a DMAR or IVRS from its first byte. A wrong checksum, unknown structures and a table that ends early between
 * two structures are remarks; what cannot be walked is a problem with its offset. Time and memory grow with the bytes.
 */
export function decodeTable(bytes: Uint8Array): RemappingTable | TableProblem {
  const whole = new TableBytes(bytes);
  try {
    const signature = whole.text(0, 4);
    if (signature !== 'DMAR' && signature !== 'IVRS') throw new Unwalkable(0, 'the signature DMAR or IVRS');
    const length = whole.dword(4);
    if (length < firstStructure) throw new Unwalkable(4, `a length of at least ${firstStructure} bytes`);
    if (bytes.length < firstStructure) throw new Unwalkable(bytes.length, `${firstStructure} bytes of header`);
    const table = whole.slice(0, Math.min(length, bytes.length));
    const remarks: TableRemark[] = [];
    const checksumOk = length <= bytes.length && table.bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0) === 0;
    if (length > bytes.length) remarks.push({ code: 'cut-short', offset: bytes.length });
    else if (!checksumOk) remarks.push({ code: 'checksum', offset: 9 });
    if (bytes.length > length) remarks.push({ code: 'trailing-bytes', offset: length });
    const header = { revision: table.byte(8), checksumOk, remarks };
    return signature === 'DMAR'
      ? {
          signature,
          ...header,
          hostAddressWidth: table.byte(36) + 1,
          flags: flagsOf(table.byte(37), flagNames.dmar),
          structures: dmarStructures(table, remarks),
        }
      : {
          signature,
          ...header,
          virtualizationInfo: table.dword(36),
          structures: ivrsBlocks(table, remarks),
        };
  } catch (thrown) {
    if (thrown instanceof Unwalkable) return { offset: thrown.offset, expected: thrown.expected };
    throw thrown;
  }
}

function dmarStructures(table: TableBytes, remarks: TableRemark[]): DmarStructure[] {
  const structures: DmarStructure[] = [];
  for (let at = firstStructure; at < table.length;) {
    const one = structureAt(table, at);
    structures.push(dmarStructure(table.word(at), one));
    if (structures.at(-1)?.type === 'unknown') remarks.push({ code: 'unknown-structure', offset: at });
    at += one.length;
  }
  return structures;
}

function ivrsBlocks(table: TableBytes, remarks: TableRemark[]): IvrsBlock[] {
  const blocks: IvrsBlock[] = [];
  for (let at = firstStructure; at < table.length;) {
    const one = structureAt(table, at);
    const { block, stoppedAt } = ivrsBlock(table.byte(at), one);
    if (block.type === 'unknown') remarks.push({ code: 'unknown-structure', offset: at });
    if (stoppedAt !== null) remarks.push({ code: 'unknown-entry', offset: stoppedAt });
    blocks.push(block);
    at += one.length;
  }
  return blocks;
}

/** Both tables keep a structure's length at its third byte; one of fewer than four bytes would never end. */
function structureAt(table: TableBytes, at: number): TableBytes {
  const length = table.word(at + 2);
  if (length < 4 || at + length > table.length) {
    throw new Unwalkable(at + 2, `a structure of at least 4 bytes inside the table, not of ${length}`);
  }
  return table.slice(at, at + length);
}
