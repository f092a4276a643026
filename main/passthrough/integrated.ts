import type { PciFunction } from '../machine/pci-function.ts';
import type { FunctionIndex } from './functions.ts';

/** Part of the processor or the chipset, which no slot holds: on a root bus, or below an AMD port that is called internal. */
export function isIntegrated(fn: PciFunction, index: FunctionIndex): boolean {
  if (fn.parent === null) return true;
  return /internal/i.test(index.byAddress.get(fn.parent)?.names.device ?? '');
}
