import { measured, unknown, type Fact } from '../fact.ts';
import { exists, wordOf } from '../files/read.ts';
import { realPath } from '../files/real-path.ts';
import type { HostTree } from '../host-tree.ts';
import type { Machine } from '../machine.ts';
import { amdviUnitFields, vtdUnitFields } from '../registers/unit-fields.ts';
import { functionBehind } from './device-path.ts';
import { addressesOf } from './groups.ts';

type Units = Machine['iommu']['units'] extends Fact<infer T> ? T : never;
type Unit = Units[number];

const home = 'sys/class/iommu';

/**
 * The IOMMU units that the kernel runs: `dmarN` (drivers/iommu/intel/iommu.c: address, cap, ecap) and `ivhdN`
 * (drivers/iommu/amd/init.c: cap, features; the unit hangs below its own PCI function).
 */
export function readUnits(tree: HostTree): Fact<Units> {
  const units = tree.list(home).map((name) => readUnit(tree, name));
  if (units.length > 0) return measured(units, `/${home}`);
  return unknown(exists(tree, home) ? 'iommu-on' : 'fuller-source', `/${home}`);
}

function readUnit(tree: HostTree, name: string): Unit {
  const folder = realPath(tree, `${home}/${name}`) ?? `${home}/${name}`;
  const intel = `${folder}/intel-iommu`;
  const amd = `${folder}/amd-iommu`;
  const vtd = { capability: hexText(tree, `${intel}/cap`), extendedCapability: hexText(tree, `${intel}/ecap`) };
  const amdvi = { capability: hexText(tree, `${amd}/cap`), ...amdFeatures(tree, `${amd}/features`) };
  const isVtd = vtd.capability !== null;
  return {
    name,
    function: functionBehind(folder),
    registerBase: hexText(tree, `${intel}/address`),
    ...(isVtd ? { ...vtd, moreFeatures: null } : amdvi),
    version: wordOf(tree, `${intel}/version`),
    fields: isVtd ? vtdUnitFields(vtd) : amdviUnitFields(amdvi),
    devices: addressesOf(tree.list(`${folder}/devices`)),
  };
}

/** 64-bit values without `0x` in the file, with it in the machine. */
function hexText(tree: HostTree, path: string): string | null {
  const match = /^(?:0x)?0*([0-9a-f]{1,16})$/i.exec(wordOf(tree, path) ?? '');
  return match ? `0x${(match[1] ?? '').toLowerCase()}` : null;
}

/**
 * AMD's `features`: EFR alone, since 5.19 EFR2:EFR, and since 6.7 EFR:EFR2 (drivers/iommu/amd/init.c amd_iommu_show_features
 * of 6.1 and 6.12). EFR2 has a handful of low bits only, so that the greater word is EFR whatever the kernel.
 */
function amdFeatures(tree: HostTree, path: string): Pick<Unit, 'extendedCapability' | 'moreFeatures'> {
  const words = (wordOf(tree, path) ?? '').split(':').flatMap((word) => {
    const digits = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(word)?.[1];
    return digits === undefined ? [] : [BigInt(`0x${digits}`)];
  });
  const [features, more] = words.sort((a, b) => (a > b ? -1 : a < b ? 1 : 0)).map((word) => `0x${word.toString(16)}`);
  return { extendedCapability: features ?? null, moreFeatures: more ?? null };
}
