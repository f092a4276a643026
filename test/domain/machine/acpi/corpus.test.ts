import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tableOfText } from '../../../../main/machine/acpi/acpidump-text.ts';
import { decodeTable, isTableProblem, type RemappingTable } from '../../../../main/machine/acpi/decode-table.ts';
import { flagNames } from '../../../../main/machine/acpi/flag-names.ts';
import { acpicaSays, type Opinion } from '../../../hosts/acpica-opinion.ts';
import { corpusFolder, corpusPresent } from '../../../hosts/corpus.ts';

const folder = resolve(corpusFolder, 'acpi');
const names = corpusPresent
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.bin'))
      .map((file) => file.slice(0, -'.bin'.length))
  : [];
const bytesOf = (name: string): Uint8Array => readFileSync(resolve(folder, `${name}.bin`));
const dslOf = (name: string): string => readFileSync(resolve(folder, `${name}.dsl`), 'utf8');

function decoded(bytes: Uint8Array): RemappingTable {
  const table = decodeTable(bytes);
  if (isTableProblem(table)) throw new Error(`${table.offset}: expected ${table.expected}`);
  return table;
}

const namesByType: Readonly<Record<string, readonly string[]>> = {
  DRHD: flagNames.drhd,
  ATSR: flagNames.atsr,
  IVHD: flagNames.ivhd,
  IVMD: flagNames.ivmd,
};

/** Names back to the byte that they stand for. */
const bitsOf = (flags: readonly string[], all: readonly string[]): number =>
  flags.reduce((bits, flag) => {
    const bit = all.indexOf(flag);
    return bits | (1 << (bit < 0 ? Number(flag.slice('bit'.length)) : bit));
  }, 0);

/** Our decoding in the words of the disassembly beside it. */
function ours(table: RemappingTable, opinion: Opinion): Opinion {
  const told = opinion['structures'] as Opinion[];
  // iasl ends a DMAR at the first structure that it does not know (SATC here); fields.test.ts has those.
  const shown = told.at(-1)?.['opaque'] ? table.structures.slice(0, told.length) : table.structures;
  return {
    signature: table.signature,
    revision: table.revision,
    ...(table.signature === 'DMAR'
      ? { hostAddressWidth: table.hostAddressWidth, flagBits: bitsOf(table.flags, flagNames.dmar) }
      : { virtualizationInfo: table.virtualizationInfo }),
    structures: shown.map((structure, at) => {
      const { type, ...rest } = structure;
      const code = 'typeCode' in rest ? { typeCode: rest.typeCode } : { blockType: rest.blockType };
      if (told[at]?.['opaque']) return { ...code, length: rest.length, opaque: true };
      if (!('flags' in rest)) return rest;
      const { flags, ...others } = rest;
      // The disassembly calls reserved what Linux reads as the segment of a memory block.
      if (type === 'IVMD' && 'segment' in others) Reflect.deleteProperty(others, 'segment');
      return { ...others, flagBits: bitsOf(flags, namesByType[type] ?? []) };
    }),
  };
}

describe.skipIf(!corpusPresent)('DMAR and IVRS of real machines (corpus absent: skipped)', () => {
  test('the corpus holds 192 tables', () => expect(names).toHaveLength(192));

  test.each(names)('%s: every field is as ACPICA prints it', (name) => {
    const opinion = acpicaSays(dslOf(name));
    expect(ours(decoded(bytesOf(name)), opinion)).toEqual(opinion);
  });

  test.each(names)('%s: the hexadecimal text of it decodes to the same', (name) => {
    const bytes = tableOfText(dslOf(name));
    expect(bytes).not.toBeNull();
    expect(decoded(bytes ?? new Uint8Array())).toEqual(decoded(bytesOf(name)));
  });

  test('only structures that nobody has documented stay unknown', () => {
    const unknown = names.flatMap((name) =>
      decoded(bytesOf(name)).structures.flatMap((each) =>
        each.type === 'unknown' ? ['typeCode' in each ? each.typeCode : each.blockType] : [],
      ),
    );
    expect([...new Set(unknown)]).toEqual([0x51]);
  });
});
