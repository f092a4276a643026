import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tableOfText } from '../../../../main/machine/acpi/acpidump-text.ts';
import { decodeTable, isTableProblem } from '../../../../main/machine/acpi/decode-table.ts';

const le = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
const chars = (text: string, length = text.length): number[] =>
  Array.from({ length }, (_, i) => text.charCodeAt(i) || 0);

/** A table around structures, with length and checksum set. */
function tableOf(signature: string, ...structures: number[][]): Uint8Array {
  const body = structures.flat();
  const head = [...chars(signature), ...le(48 + body.length, 4), 2, 0, ...chars('', 26), ...le(0, 12)];
  if (signature === 'DMAR') head.splice(36, 2, 0x26, 0x85);
  else head.splice(36, 4, ...le(0x203041, 4));
  const bytes = Uint8Array.from([...head, ...body]);
  bytes[9] = (256 - bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0)) & 0xff;
  return bytes;
}
const scope = (type: number, bus: number, ...path: number[]): number[] => [
  type,
  6 + path.length,
  0,
  0,
  0,
  bus,
  ...path,
];
const structure = (type: number, ...rest: number[]): number[] => [...le(type, 2), ...le(4 + rest.length, 2), ...rest];

const structuresOf = (bytes: Uint8Array): unknown => {
  const table = decodeTable(bytes);
  return isTableProblem(table) ? table : table.structures;
};

describe('what the disassembler of the corpus does not show', () => {
  test('DMAR: host address width is the byte plus one, unnamed flags keep their bit', () => {
    expect(decodeTable(tableOf('DMAR'))).toEqual({
      signature: 'DMAR',
      revision: 2,
      checksumOk: true,
      remarks: [],
      hostAddressWidth: 39,
      flags: ['INTR_REMAP', 'DMA_CTRL_PLATFORM_OPT_IN', 'bit7'],
      structures: [],
    });
  });

  test('SATC and SIDP, paths of several hops', () => {
    const satc = structure(5, 1, 0, ...le(2, 2), ...scope(1, 0, 0x1d, 0, 0, 2));
    const sidp = structure(6, 0, 0, ...le(0, 2), ...scope(2, 0x80, 0x1c, 7), ...scope(1, 0));
    expect(structuresOf(tableOf('DMAR', satc, sidp))).toEqual([
      {
        type: 'SATC',
        typeCode: 5,
        length: 18,
        flags: ['ATC_REQUIRED'],
        segment: 2,
        scope: [{ type: 1, enumerationId: 0, bus: 0, path: ['1d.0', '00.2'] }],
      },
      {
        type: 'SIDP',
        typeCode: 6,
        length: 22,
        segment: 0,
        scope: [
          { type: 2, enumerationId: 0, bus: 0x80, path: ['1c.7'] },
          { type: 1, enumerationId: 0, bus: 0, path: [] },
        ],
      },
    ]);
  });

  test('block 40h: ACPI HID entries with and without a UID, extended data, padding left out', () => {
    const entries = [
      ...[0x46, ...le(0x0100, 2), 0x10, ...le(0x80000000, 4)],
      ...le(0, 4),
      ...[0xf0, ...le(0xa0, 2), 0x40, ...chars('AMDI0020', 8), ...le(0, 8), 2, 9, ...chars('\\_SB.FUR0')],
      ...[0xf0, ...le(0xa1, 2), 0, ...chars('AMDI0040', 8), ...le(0, 8), 0, 0],
    ];
    const block = [0x40, 0xb1, ...le(40 + entries.length, 2), ...le(2, 2), ...le(64, 2), ...le(0xfd200000, 8)];
    block.push(...le(0, 2), ...le(0, 2), ...le(0x40200, 4), ...le(0x22294ade, 4), ...le(0x246577ef, 4), ...le(0, 8));
    expect(structuresOf(tableOf('IVRS', [...block, ...entries]))).toEqual([
      {
        type: 'IVHD',
        blockType: 0x40,
        length: 40 + entries.length,
        flags: ['HtTunEn', 'IotlbSup', 'Coherent', 'PPRSup'],
        deviceId: 2,
        capabilityOffset: 64,
        baseAddress: '0xfd200000',
        segment: 0,
        virtualizationInfo: 0,
        attributes: 0x40200,
        efrImage: '0x246577ef22294ade',
        entries: [
          { type: 0x46, deviceId: 0x100, dataSetting: 0x10, extendedData: 0x80000000 },
          { type: 0xf0, deviceId: 0xa0, dataSetting: 0x40, hid: 'AMDI0020', uid: '\\_SB.FUR0' },
          { type: 0xf0, deviceId: 0xa1, dataSetting: 0, hid: 'AMDI0040' },
        ],
      },
    ]);
  });
});

describe('tables that are not whole', () => {
  const drhd = structure(0, 1, 0, ...le(0, 2), ...le(0xfed90000, 8));

  test('a wrong checksum and bytes behind the table are remarks', () => {
    const bytes = tableOf('DMAR', drhd);
    const wrong = Uint8Array.from([...bytes, 0, 0]);
    wrong[9] = (wrong[9] ?? 0) ^ 1;
    expect(decodeTable(wrong)).toMatchObject({
      checksumOk: false,
      remarks: [
        { code: 'checksum', offset: 9 },
        { code: 'trailing-bytes', offset: 64 },
      ],
      structures: [{ type: 'DRHD' }],
    });
  });

  test('a table that ends between two structures decodes, one that ends inside does not', () => {
    const bytes = tableOf('DMAR', drhd, drhd);
    expect(decodeTable(bytes.subarray(0, 64))).toMatchObject({
      checksumOk: false,
      remarks: [{ code: 'cut-short', offset: 64 }],
      structures: [{ type: 'DRHD', registerBaseAddress: '0xfed90000' }],
    });
    expect(decodeTable(bytes.subarray(0, 70))).toMatchObject({ offset: 66 });
  });

  test('lengths that lead nowhere name their offset', () => {
    expect(decodeTable(tableOf('DMAR', [0, 0, 0, 0]))).toMatchObject({ offset: 50 });
    expect(decodeTable(tableOf('DMAR', structure(0, 1)))).toMatchObject({ offset: 54 });
    expect(decodeTable(tableOf('DMAR', structure(2, 0, 0, 0, 0, 1, 0)))).toMatchObject({ offset: 57 });
    expect(decodeTable(tableOf('IVRS', [0x10, 0, 4, 0]))).toMatchObject({ offset: 68 });
    expect(decodeTable(Uint8Array.from(chars('XSDT')))).toMatchObject({ offset: 0 });
  });

  test('structures of unknown type stay, with a remark', () => {
    expect(decodeTable(tableOf('IVRS', [0x51, 0, 32, 0, ...le(0, 28)]))).toMatchObject({
      remarks: [{ code: 'unknown-structure', offset: 48 }],
      structures: [{ type: 'unknown', blockType: 0x51, length: 32 }],
    });
  });
});

describe('text of acpidump', () => {
  const bytes = tableOf('DMAR', structure(4, 0, 0, 0, 1, ...chars('\\_SB.I2C0\0')));
  const dump = (all: Uint8Array): string => {
    const lines: string[] = [];
    for (let at = 0; at < all.length; at += 16) {
      const row = [...all.subarray(at, at + 16)].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
      lines.push(`    ${at.toString(16).toUpperCase().padStart(4, '0')}: ${row.join(' ').padEnd(48)} ................`);
    }
    return lines.join('\n');
  };

  test('finds the table between others, with either line end', () => {
    const other = Uint8Array.from([...chars('FACP'), ...le(0, 44)]);
    const text = `FACP @ 0x0000000000000000\n${dump(other)}\n\nDMAR @ 0x1\n${dump(bytes)}\n\nSSDT @ 0x2\n${dump(other)}\n`;
    expect(tableOfText(text)).toEqual(bytes);
    expect(tableOfText(text.replaceAll('\n', '\r\n'))).toEqual(bytes);
    expect(tableOfText(dump(other))).toBeNull();
  });

  /** Each tool's own layout; 65 bytes, so that the last line is short. */
  const odd = Uint8Array.from([...bytes, 0xab]).subarray(0, 65);
  const rows = (line: (offset: string, row: readonly string[], ascii: string) => string): string =>
    Array.from({ length: Math.ceil(odd.length / 16) }, (_, at) => {
      const part = [...odd.subarray(at * 16, at * 16 + 16)];
      const ascii = part.map((byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
      return line(
        (at * 16).toString(16).padStart(8, '0'),
        part.map((byte) => byte.toString(16).padStart(2, '0')),
        ascii,
      );
    }).join('\n');

  test.each([
    [
      'xxd',
      rows(
        (at, row, ascii) =>
          `${at}: ${row
            .join(' ')
            .replace(/(..) (..)/g, '$1$2')
            .padEnd(39)}  ${ascii}`,
      ),
    ],
    [
      'hexdump -C',
      `${rows((at, row, ascii) => `${at}  ${[row.slice(0, 8), row.slice(8)].map((half) => half.join(' ').padEnd(23)).join('  ')}  |${ascii}|`)}\n00000041`,
    ],
    ['od -A x -t x1', `${rows((at, row) => `${at.slice(2)} ${row.join(' ')}`)}\n000041`],
    ['od -A x -t x1z', rows((at, row, ascii) => `${at.slice(2)} ${row.join(' ').padEnd(47)}  >${ascii}<`)],
    ['without characters', rows((at, row) => `  ${at.slice(4)}: ${row.join(' ').toUpperCase()}`)],
    [
      'quoted, in a block of a forum',
      `[CODE]DMAR @ 0x1\n${rows((at, row, ascii) => `  ${at.slice(4)}: ${row.join(' ').padEnd(48)} ${ascii}`)}[/CODE]`,
    ],
  ])('%s', (_, text) => {
    expect(tableOfText(`$ sudo tool\n${text}\n`)).toEqual(odd);
  });

  describe('lines that hexdump and od fold', () => {
    const zeros = new Array<number>(120).fill(0);
    const within = tableOf('DMAR', structure(9, ...zeros), structure(4, 0, 0, 0, 1, ...chars('\\_SB.I2C0\0')));
    const atEnd = tableOf('DMAR', structure(9, ...zeros, ...new Array<number>(20).fill(0)));

    /** The tools' own rule: a whole line like the one above becomes a star, and so do all that follow it. */
    function folded(bytes: Uint8Array, digits: number, wide: string): string {
      const lines: string[] = [];
      let above = '';
      for (let at = 0; at < bytes.length; at += 16) {
        const row = [...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, '0'));
        const text = [row.slice(0, 8), row.slice(8)].map((half) => half.join(' ')).join(wide);
        if (text !== above || row.length < 16) lines.push(`${at.toString(16).padStart(digits, '0')}${wide}${text}`);
        else if (lines.at(-1) !== '*') lines.push('*');
        above = text;
      }
      return [...lines, bytes.length.toString(16).padStart(digits, '0')].join('\n');
    }

    test.each([
      ['in the middle', within],
      ['at the end', atEnd],
    ])('%s', (_, bytes) => {
      for (const text of [
        folded(bytes, 6, ' '),
        folded(bytes, 8, ' ').replaceAll('\n', '\r\n'),
        folded(bytes, 6, ' ').replace(/^/gm, '> '),
      ]) {
        expect(text).toMatch(/^(?:> )?\*\r?$/m);
        expect(tableOfText(`${text}\n`)).toEqual(bytes);
      }
    });

    test('never make more than a table can have, nor anything of what is no table', () => {
      const head = folded(within.subarray(0, 64), 8, ' ').replace(/\n[0-9a-f]{8}$/, '');
      expect(tableOfText(`${head}\n*\nfffffff0 00\n`)).toEqual(within.subarray(0, 64));
      expect(tableOfText(`${head}\n*\n00000045 00\n`)).toEqual(within.subarray(0, 64));
      expect(tableOfText('00000000 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n*\n00100000\n')).toBeNull();
    });
  });
});

describe('any bytes', () => {
  const base = tableOf(
    'DMAR',
    structure(0, 1, 0, ...le(0, 2), ...le(0xfed90000, 8), ...scope(1, 0, 2, 0)),
    structure(4, 0, 0, 0, 1, ...chars('\\_SB')),
  );

  test('an answer, never an exception: 10 000 mutated or made-up tables', () => {
    const mutated = fc
      .array(fc.tuple(fc.nat({ max: base.length - 1 }), fc.nat({ max: 255 })), { maxLength: 8 })
      .map((edits) => {
        const bytes = Uint8Array.from(base);
        for (const [at, value] of edits) bytes[at] = value;
        return bytes;
      });
    const ivrs = fc
      .uint8Array({ maxLength: 200 })
      .map((body) => Uint8Array.from([...tableOf('IVRS').subarray(0, 4), 0xff, 0, 0, 0, ...body]));
    fc.assert(
      fc.property(fc.oneof(mutated, ivrs, fc.uint8Array({ maxLength: 400 })), (bytes) => {
        const table = decodeTable(bytes);
        // A field that is missing is named where it would stand, just past the end.
        if (isTableProblem(table)) expect(table.offset).toBeLessThanOrEqual(bytes.length + 8);
        else expect(table.structures.reduce((sum, each) => sum + each.length, 48)).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 10_000 },
    );
  });
});
