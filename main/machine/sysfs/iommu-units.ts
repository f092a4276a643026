import { measured, unknown, type Fact } from '../fact.ts';
import { exists, hexOf, wordOf } from '../files/read.ts';
import { realPath } from '../files/real-path.ts';
import type { HostTree } from '../host-tree.ts';
import type { Machine } from '../machine.ts';
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
  return {
    name,
    function: functionBehind(folder),
    registerBase: hexText(tree, `${intel}/address`),
    capability: hexText(tree, `${intel}/cap`) ?? hexText(tree, `${amd}/cap`),
    extendedCapability: hexText(tree, `${intel}/ecap`) ?? hexText(tree, `${amd}/features`),
    devices: addressesOf(tree.list(`${folder}/devices`)),
  };
}

/** 64-bit values without `0x` in the file, with it in the machine. AMD's `features` may hold two words (EFR:EFR2 since 6.2). */
function hexText(tree: HostTree, path: string): string | null {
  if (hexOf(tree, path) === 0) return '0x0';
  const match = /^(?:0x)?0*([0-9a-f]{1,16})(?::|$)/i.exec(wordOf(tree, path) ?? '');
  return match ? `0x${(match[1] ?? '').toLowerCase()}` : null;
}
