import { describe, expect, test } from 'vitest';
import { functionAt } from '../../../hosts/built-machine.ts';
import { entry, ivhd, ivmd, ivrs, joined } from '../../../hosts/firmware-table.ts';

const iommu = functionAt('0000:00:00.2', { classCode: 0x080600 });
const functions = [
  functionAt('0000:00:00.0', { classCode: 0x060000 }),
  iommu,
  functionAt('0000:00:14.0', { classCode: 0x0c0500 }),
  functionAt('0000:01:00.0', { classCode: 0x030000 }),
  functionAt('0000:02:00.0', { classCode: 0x010802 }),
  functionAt('0000:02:01.0', { classCode: 0x020000 }),
];
const id = (bus: number, device: number, fn = 0): number => (bus << 8) | (device << 3) | fn;
const special = (handle: number, requester: number, variety: number): number[] =>
  entry(0x48, 0, handle, requester & 0xff, requester >> 8, variety);
const southbridge = special(32, id(0, 0x14), 1);
const all = entry(1, 0);

describe('blocks joined to functions', () => {
  test('a range, an alias, a special entry, and what is left out', () => {
    const table = ivrs(
      ivhd(0x10, id(0, 0, 2), [
        entry(3, id(0, 0)),
        entry(4, id(1, 0x1f, 7)),
        entry(0x42, id(2, 1), 0, ...[id(2, 0) & 0xff, id(2, 0) >> 8], 0),
        southbridge,
      ]),
    );
    expect(joined(table, functions)).toMatchObject({
      table: 'IVRS',
      flags: ['EFRSup', 'DmaRemapSup'],
      units: [
        {
          function: '0000:00:00.2',
          takesTheRest: false,
          owns: ['0000:00:00.0', '0000:00:14.0', '0000:01:00.0', '0000:02:00.0', '0000:02:01.0'],
          interruptSources: [{ kind: 'ioapic', id: 32, requester: '0000:00:14.0' }],
        },
      ],
      unowned: [],
      aliases: [{ function: '0000:02:01.0', requester: '0000:02:00.0' }],
      faults: [],
    });
  });

  test('of several blocks for one unit the most detailed counts', () => {
    const table = ivrs(
      ivhd(0x10, id(0, 0, 2), [entry(2, id(1, 0)), southbridge]),
      ivhd(0x40, id(0, 0, 2), [entry(2, id(2, 0)), southbridge], 0x29d3n),
    );
    const { units, unowned } = joined(table, functions);
    expect(units).toMatchObject([{ structure: 1, owns: ['0000:00:14.0', '0000:02:00.0'], features: '0x29d3' }]);
    expect(unowned).toEqual(['0000:00:00.0', '0000:01:00.0', '0000:02:01.0']);
  });
});

test('a unit owns each function by the last entry that covers it', () => {
  const table = ivrs(
    ivhd(0x10, id(0, 0, 2), [
      entry(3, id(0, 0)),
      entry(4, id(1, 0x1f, 7)),
      entry(2, id(1, 0)),
      entry(0x42, id(2, 1), 0, ...[id(2, 0) & 0xff, id(2, 0) >> 8], 0),
      southbridge,
    ]),
  );
  const [unit] = joined(table, functions).units;
  expect(unit?.scopes).toEqual([
    { entry: 0, kind: 'range', from: '0000:00:00.0', to: '0000:01:1f.7', names: null, owns: ['0000:00:00.0'] },
    { entry: 2, kind: 'one', from: '0000:01:00.0', to: null, names: '0000:01:00.0', owns: ['0000:01:00.0'] },
    { entry: 3, kind: 'alias', from: '0000:02:01.0', to: null, names: '0000:02:01.0', owns: ['0000:02:01.0'] },
    { entry: 3, kind: 'alias', from: '0000:02:00.0', to: null, names: '0000:02:00.0', owns: ['0000:02:00.0'] },
    { entry: 4, kind: 'special', from: '0000:00:14.0', to: null, names: '0000:00:14.0', owns: ['0000:00:14.0'] },
  ]);
});

describe('memory that must stay mapped', () => {
  const block = ivhd(0x10, id(0, 0, 2), [all, southbridge]);
  const rangesOf = (...blocks: number[][]): string[] =>
    joined(ivrs(block, ...blocks), functions).reserved.map(
      ({ start, end, devices }) =>
        `${start}-${end} ${devices.map(({ address, kind }) => `${address} ${kind}`).join(', ')}`,
    );

  test('of one function, of a range of whole buses, of everything: never given up, graphics included', () => {
    expect(rangesOf(ivmd(0x21, 7, id(1, 0), 0, 0x1000, 0x2000))).toEqual(['0x1000-0x2fff 0000:01:00.0 direct']);
    expect(rangesOf(ivmd(0x22, 7, id(2, 0), id(2, 0x1f, 7), 0x1000, 0x1000))).toEqual([
      '0x1000-0x1fff 0000:02:00.0 direct, 0000:02:01.0 direct',
    ]);
    expect(joined(ivrs(block, ivmd(0x20, 8, 0, 0, 0x1000, 0x1000)), functions).reserved[0]?.devices).toHaveLength(6);
  });

  test('a block that asks for neither mapping nor exclusion binds nobody', () => {
    expect(rangesOf(ivmd(0x20, 6, 0, 0, 0x1000, 0x1000))).toEqual([]);
  });

  test('in usable memory it is a firmware bug', () => {
    const map = [{ start: '0x0', end: '0xffffff', kind: 'usable' as const }];
    const { faults } = joined(ivrs(block, ivmd(0x21, 7, id(1, 0), 0, 0x1000, 0x1000)), functions, { map });
    expect(faults).toEqual([{ code: 'range-not-reserved', structure: 1, subject: '0x1000-0x1fff' }]);
  });
});

describe('what Linux complains about', () => {
  const codes = (table: Uint8Array, ioApics?: number[]): string[] =>
    joined(table, functions, ioApics ? { ioApics } : {}).faults.map(({ code }) => code);

  test.each([
    ['no block', ivrs(), ['no-unit', 'no-ioapic']],
    ['no IOAPIC', ivrs(ivhd(0x10, id(0, 0, 2), [all])), ['no-ioapic']],
    [
      'an IOAPIC in another place than the southbridge',
      ivrs(ivhd(0x10, id(0, 0, 2), [all, special(32, id(0, 5), 1)])),
      ['no-southbridge-ioapic'],
    ],
    [
      'a unit whose function is not there',
      ivrs(ivhd(0x10, id(0, 9, 2), [all, southbridge])),
      ['unit-function-missing'],
    ],
    [
      'units with different features',
      ivrs(ivhd(0x11, id(0, 0, 2), [all, southbridge], 1n), ivhd(0x11, id(0, 0, 2), [all], 2n)),
      ['features-differ'],
    ],
    [
      'an ACPI device in a block that cannot have one',
      ivrs(ivhd(0x11, id(0, 0, 2), [all, southbridge, entry(0xf0, id(0, 0x14), ...new Array<number>(18).fill(0))])),
      ['acpi-device-in-old-block'],
    ],
  ] as const)('%s', (_, table, expected) => expect(codes(table)).toEqual([...expected]));

  test('an IOAPIC of the board that no block lists', () => {
    expect(codes(ivrs(ivhd(0x10, id(0, 0, 2), [all, southbridge])), [32, 33])).toEqual(['ioapic-not-listed']);
  });
});
