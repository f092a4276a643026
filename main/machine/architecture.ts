import { valueOr } from './fact.ts';
import type { Machine } from './machine.ts';
import type { PciFunction } from './pci-function.ts';

/**
 * Makers of root ports and host bridges that no x86 machine has (names: pci.ids): Loongson, IBM, Apple, ARM, Cavium,
 * Qualcomm, NXP, Huawei, Annapurna, Rockchip, Phytium, Ampere.
 */
const otherMakers: ReadonlySet<number> = new Set([
  0x0014, 0x1014, 0x106b, 0x13b5, 0x177d, 0x17cb, 0x1957, 0x19e5, 0x1c36, 0x1d87, 0x1db7, 0x1def,
]);
const bridgeClass = 0x06;

/** The first root port or host bridge that no x86 machine has; null: none, or the source does not show the top of its tree. */
export const foreignRoot = (functions: readonly PciFunction[]): PciFunction | null =>
  functions.find(
    (fn) =>
      fn.parent === null &&
      valueOr(fn.classCode, 0) >>> 16 === bridgeClass &&
      otherMakers.has(valueOr(fn.ids, null)?.vendor ?? -1),
  ) ?? null;

/** Neither Intel's nor AMD's processor, or what only stands beside others: its IOMMU is neither VT-d nor AMD-Vi. */
export const isOtherArchitecture = ({ cpu, functions }: Machine): boolean =>
  valueOr(cpu.vendor, null) === 'other' || foreignRoot(functions) !== null;
