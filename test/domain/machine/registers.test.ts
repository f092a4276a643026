import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amdviCapability, amdviFeatures, amdviFeatures2 } from '../../../main/machine/registers/amdvi-features.ts';
import { readFields } from '../../../main/machine/registers/bit-fields.ts';
import { vtdCapability, vtdExtendedCapability } from '../../../main/machine/registers/vtd-capability.ts';
import { captureNames } from '../../hosts/captures.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureTree, treeOf } from '../../hosts/tree.ts';

const tables = { vtdCapability, vtdExtendedCapability, amdviCapability, amdviFeatures, amdviFeatures2 };

describe('register tables', () => {
  test.each(Object.entries(tables))('%s: fields lie side by side, each with a name of its own', (_, fields) => {
    for (const [at, [high, low, name]] of fields.entries()) {
      expect(high, name).toBeGreaterThanOrEqual(low);
      expect(low, name).toBeGreaterThan(fields[at - 1]?.[0] ?? -1);
    }
    expect(new Set(fields.map(([, , name]) => name)).size).toBe(fields.length);
  });

  test.each(Object.entries(tables))('%s: no bit is lost', (_, table) => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }), (value) => {
        const fields = readFields(`0x${value.toString(16)}`, table) ?? [];
        expect(fields.reduce((sum, { value: part, low }) => sum | (BigInt(part) << BigInt(low)), 0n)).toBe(value);
      }),
    );
  });

  test('what is no number has no fields', () => expect(readFields('cap', vtdCapability)).toBeNull());
});

const set = (name: string): Record<string, number> => {
  const { units } = machineOf(captureTree(name)).iommu;
  const [unit] = units.known ? units.value : [];
  return Object.fromEntries((unit?.fields ?? []).map((field) => [field.name, field.value]));
};

describe.skipIf(captureNames.length === 0)('units of captured machines', () => {
  test('VT-d as QEMU builds it', () => {
    expect(set('vtd-rich-k61')).toMatchObject({
      ND: 6,
      SAGAW: 2,
      MGAW: 38,
      CM: 1,
      PSI: 1,
      QI: 1,
      DT: 1,
      IR: 1,
      EIM: 0,
    });
    expect(set('vtd-desktop-scalable-q10-k612')).toMatchObject({ SMTS: 1, FSTS: 1, SSTS: 0, EIM: 1, FS1GP: 1 });
    const { units } = machineOf(captureTree('vtd-rich-k61')).iommu;
    expect(units).toMatchObject({ value: [{ version: '1:0', registerBase: '0xfed90000' }] });
  });

  test('AMD-Vi, whose features Linux 6.1 tells in the other order', () => {
    expect(set('amdvi-rich-k61')).toMatchObject({ CapType: 3, EFRSup: 1, GASup: 1, HESup: 1, PreFSup: 1 });
    expect(machineOf(captureTree('amdvi-rich-k61')).iommu.units).toMatchObject({
      value: [{ extendedCapability: '0x29d3', moreFeatures: '0x0' }],
    });
  });
});

test.each([
  ['58f77ef22294ade:10', '0x58f77ef22294ade', '0x10'],
  ['10:58f77ef22294ade', '0x58f77ef22294ade', '0x10'],
  ['58f77ef22294ade', '0x58f77ef22294ade', null],
])('AMD’s features as %s', (text, features, more) => {
  const tree = treeOf({
    'sys/class/iommu/ivhd0/amd-iommu/cap': '190b640f',
    'sys/class/iommu/ivhd0/amd-iommu/features': text,
  });
  expect(machineOf(tree).iommu.units).toMatchObject({
    value: [{ extendedCapability: features, moreFeatures: more, capability: '0x190b640f' }],
  });
});
