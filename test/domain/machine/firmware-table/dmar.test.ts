import { describe, expect, test } from 'vitest';
import { functionAt } from '../../../hosts/built-machine.ts';
import { andd, dmar, drhd, joined, rhsa, rmrr, scope } from '../../../hosts/firmware-table.ts';
import type { PciFunction } from '../../../../main/machine/pci-function.ts';

const bridge = (address: string, secondary: number, parent?: string): PciFunction => ({
  ...functionAt(address, { header: 'bridge', classCode: 0x060400, ...(parent === undefined ? {} : { parent }) }),
  bridge: { secondary, subordinate: 0x0f },
});
const card = (address: string, parent: string, classCode = 0x030000): PciFunction =>
  functionAt(address, { parent, classCode });

/** A graphics card behind a switch: 00:01.0 → 01:00.0 → 02:08.0 → 03:00.0; a disk and a USB controller on the root bus. */
const functions = [
  functionAt('0000:00:00.0', { classCode: 0x060000 }),
  bridge('0000:00:01.0', 1),
  functionAt('0000:00:14.0', { classCode: 0x0c0330 }),
  functionAt('0000:00:17.0', { classCode: 0x010601 }),
  bridge('0000:01:00.0', 2, '0000:00:01.0'),
  bridge('0000:02:08.0', 3, '0000:01:00.0'),
  card('0000:03:00.0', '0000:02:08.0'),
  card('0000:03:00.1', '0000:02:08.0', 0x040300),
];
const ioApic = scope(3, 0xf0, [0x1f, 0], 2);
const endpoint = (bus: number, ...path: number[]): number[] => scope(1, bus, path);
const toCard = endpoint(0, 1, 0, 0, 0, 8, 0, 0, 0);

describe('who owns whom', () => {
  const owns = (table: Uint8Array): string[][] => joined(table, functions).units.map((unit) => unit.owns);

  test('a path is followed through secondary buses to the real function', () => {
    expect(owns(dmar(1, drhd(0x1000, false, toCard), drhd(0x2000, true, ioApic)))[0]).toEqual(['0000:03:00.0']);
  });

  test('a unit that names functions comes before the one that takes the rest, whatever their order', () => {
    const rest = drhd(0x2000, true, ioApic);
    const own = drhd(0x1000, false, endpoint(0, 0x17, 0));
    expect(owns(dmar(1, own, rest))[0]).toEqual(['0000:00:17.0']);
    expect(owns(dmar(1, rest, own))[1]).toEqual(['0000:00:17.0']);
    expect(owns(dmar(1, rest, own))[0]).not.toContain('0000:00:17.0');
    expect(joined(dmar(1, rest, own), functions).faults).toContainEqual({
      code: 'rest-not-last',
      structure: 0,
      subject: null,
    });
  });

  test('a bridge brings all below it, and Linux asks the last named unit first', () => {
    const below = scope(2, 0, [1, 0]);
    expect(owns(dmar(1, drhd(0x1000, false, below)))[0]).toEqual([
      '0000:00:01.0',
      '0000:01:00.0',
      '0000:02:08.0',
      '0000:03:00.0',
      '0000:03:00.1',
    ]);
    const [first, second] = owns(dmar(1, drhd(0x1000, false, below), drhd(0x2000, false, toCard)));
    expect([first?.includes('0000:03:00.0'), second]).toEqual([false, ['0000:03:00.0']]);
  });

  test('what is behind VMD is its controller’s unit’s', () => {
    const vmd = functionAt('0000:00:0e.0', { classCode: 0x010400, ids: [0x8086, 0x9a0b] });
    const disk = functionAt('10000:e0:01.0', { classCode: 0x010802, path: '10000:e0/01.0' });
    const alone = { ...disk, parent: null };
    const table = dmar(1, drhd(0x1000, false, endpoint(0, 0x0e, 0)), drhd(0x2000, true, ioApic));
    expect(joined(table, [...functions, vmd, alone]).units[0]?.owns).toEqual(['0000:00:0e.0', '10000:e0:01.0']);
    // Without its controller in the source nobody can say whose it is.
    const hidden = joined(table, [...functions, alone]);
    expect([...hidden.units.flatMap(({ owns }) => owns), ...hidden.unowned]).not.toContain('10000:e0:01.0');
  });

  test('what nobody names is left out', () => {
    expect(joined(dmar(1, drhd(0x1000, false, endpoint(0, 0x17, 0))), functions).unowned).toHaveLength(7);
  });

  test('interrupt sources, namespace devices and nodes go with their unit', () => {
    const table = dmar(
      1,
      drhd(0x1000, true, ioApic, scope(4, 0, [0x1f, 7], 0), scope(5, 0, [0x15, 0], 1)),
      rhsa(0x1000, 3),
      andd(1, '\\_SB.PCI0.I2C0\0'),
    );
    expect(joined(table, functions)).toMatchObject({
      flags: ['INTR_REMAP'],
      units: [
        {
          proximity: 3,
          interruptSources: [
            { kind: 'ioapic', id: 2, requester: '0000:f0:1f.0' },
            { kind: 'hpet', id: 0, requester: '0000:00:1f.7' },
          ],
          namespaceDevices: ['\\_SB.PCI0.I2C0'],
        },
      ],
      faults: [],
    });
  });
});

describe('reserved ranges', () => {
  const map = [
    { start: '0x0', end: '0x7fffffff', kind: 'usable' as const },
    { start: '0x80000000', end: '0x8fffffff', kind: 'reserved' as const },
  ];

  test('bind their devices; Linux lets go of graphics and USB', () => {
    const table = dmar(
      1,
      drhd(0x1000, true, ioApic),
      rmrr(0x80000000, 0x80000fff, endpoint(0, 0x17, 0), endpoint(0, 0x14, 0)),
      rmrr(0x80001000, 0x80001fff, scope(2, 0, [1, 0])),
    );
    const { reserved, faults } = joined(table, functions, { map });
    expect(reserved[0]).toEqual({
      structure: 1,
      start: '0x80000000',
      end: '0x80000fff',
      devices: [
        { address: '0000:00:14.0', kind: 'direct-relaxable' },
        { address: '0000:00:17.0', kind: 'direct' },
      ],
      memory: 'reserved',
    });
    expect(reserved[1]?.devices.map(({ address, kind }) => `${address} ${kind}`)).toEqual([
      '0000:00:01.0 direct',
      '0000:01:00.0 direct',
      '0000:02:08.0 direct',
      '0000:03:00.0 direct-relaxable',
      '0000:03:00.1 direct',
    ]);
    expect(faults).toEqual([]);
  });

  test.each([
    [0x1000, 0x1fff, 'usable'],
    [0x7ffff000, 0x80000fff, 'partly-usable'],
    [0x90000000, 0x90000fff, 'not-reserved'],
  ])('%x-%x is %s memory, and Linux calls that a firmware bug', (start, end, memory) => {
    const { reserved, faults } = joined(dmar(1, drhd(0x1000, true, ioApic), rmrr(start, end)), functions, { map });
    expect(reserved[0]?.memory).toBe(memory);
    expect(faults.map(({ code }) => code)).toEqual(['range-not-reserved']);
  });

  test('without a memory map nothing is said about memory', () => {
    const { reserved, faults } = joined(dmar(1, drhd(0x1000, true, ioApic), rmrr(0x1000, 0x1fff)), functions);
    expect([reserved[0]?.memory, faults]).toEqual([null, []]);
  });
});

describe('what Linux complains about', () => {
  const faultsOf = (table: Uint8Array, ioApics?: number[]): string[] =>
    joined(table, functions, ioApics ? { ioApics } : {}).faults.map(
      ({ code, structure, subject }) => `${code} ${structure ?? '-'} ${subject ?? '-'}`,
    );
  const good = drhd(0x1000, true, ioApic);

  test.each([
    ['no unit', dmar(0), ['no-unit - -']],
    ['a unit at address 0', dmar(1, drhd(0, true, ioApic)), ['unit-without-address 0 -']],
    [
      'a scope that names a function that is not there',
      dmar(1, drhd(0x1000, true, ioApic, endpoint(0, 2, 0))),
      ['scope-without-device 0 00:02.0'],
    ],
    [
      'a bus number where a path was due',
      dmar(1, good, rmrr(0x1000, 0x1fff, endpoint(3, 0, 0))),
      ['scope-by-bus-number 1 0000:03:00.0'],
    ],
    [
      'a bridge listed as an endpoint',
      dmar(1, drhd(0x1000, true, ioApic, endpoint(0, 1, 0))),
      ['scope-type-mismatch 0 0000:00:01.0'],
    ],
    [
      'an endpoint listed as a bridge',
      dmar(1, drhd(0x1000, true, ioApic, scope(2, 0, [0x17, 0]))),
      ['scope-type-mismatch 0 0000:00:17.0'],
    ],
    ['a range that ends before it begins', dmar(1, good, rmrr(0x2000, 0x1fff)), ['bad-range 1 0x2000-0x1fff']],
    ['a range that is not whole pages', dmar(1, good, rmrr(0x1000, 0x1800)), ['bad-range 1 0x1000-0x1800']],
    ['a node for a unit that is not there', dmar(1, good, rhsa(0x5000, 0)), ['affinity-without-unit 1 0x5000']],
    [
      'a name without an end, of a device that no unit lists',
      dmar(1, good, andd(1, '\\_SB')),
      ['name-without-end 1 \\_SB', 'name-without-unit 1 \\_SB'],
    ],
    ['no IOAPIC although remapping is offered', dmar(1, drhd(0x1000, true)), ['no-ioapic - -']],
  ] as const)('%s', (_, table, expected) => expect(faultsOf(table)).toEqual([...expected]));

  test('without INTR_REMAP nobody misses an IOAPIC', () => expect(faultsOf(dmar(0, drhd(0x1000, true)))).toEqual([]));

  test('an IOAPIC of the board that no unit lists', () => {
    expect(faultsOf(dmar(1, good), [2, 9])).toEqual(['ioapic-not-listed - 9']);
  });

  test('a wrong checksum', () => {
    const table = dmar(1, good);
    table[10] = (table[10] ?? 0) ^ 1;
    expect(faultsOf(table)).toEqual(['checksum - -']);
  });
});

describe('by which entry a unit owns its functions', () => {
  const scopesOf = (table: Uint8Array) => joined(table, functions).units.map(({ scopes }) => scopes);

  test('an endpoint by its own entry, what is below a bridge by the bridge’s, the rest by none', () => {
    const [first, rest] = scopesOf(
      dmar(1, drhd(0x1000, false, toCard, scope(2, 0, [1, 0])), drhd(0x2000, true, ioApic)),
    );
    expect(first).toEqual([
      {
        entry: 0,
        kind: 'endpoint',
        from: '00:01.0/00.0/08.0/00.0',
        to: null,
        names: '0000:03:00.0',
        owns: ['0000:03:00.0'],
      },
      {
        entry: 1,
        kind: 'bridge',
        from: '00:01.0',
        to: null,
        names: '0000:00:01.0',
        owns: ['0000:00:01.0', '0000:01:00.0', '0000:02:08.0', '0000:03:00.1'],
      },
    ]);
    expect(rest).toEqual([
      {
        entry: null,
        kind: 'rest',
        from: '',
        to: null,
        names: null,
        owns: ['0000:00:00.0', '0000:00:14.0', '0000:00:17.0'],
      },
    ]);
  });

  test('an entry that names nothing here stays, and brings nothing', () => {
    const [scopes] = scopesOf(dmar(1, drhd(0x1000, false, endpoint(0, 0x1e, 0))));
    expect(scopes).toEqual([{ entry: 0, kind: 'endpoint', from: '00:1e.0', to: null, names: null, owns: [] }]);
  });
});
