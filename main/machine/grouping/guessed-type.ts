import { valueOr } from '../fact.ts';
import type { PciFunction } from '../pci-function.ts';
import type { Device } from './device.ts';

const subtractive = 0x060401;

/**
 * What a function most likely is where its PCI Express capability is not shown (lspci without root): by its class and by
 * what stands above it. On a root bus the careful guess for a device is `conventional`, which joins functions of one slot.
 */
export function guessedType(fn: PciFunction, parent: Device | null): Device['type'] {
  const classCode = valueOr(fn.classCode, 0);
  const bridge = fn.header === 'bridge' || classCode >>> 8 === 0x0604;
  if (bridge) return guessedBridge(fn, classCode, parent);
  if (fn.header === 'cardbus' || parent === null) return 'conventional';
  return parent.type === 'conventional' || parent.type === 'pcie-to-pci-bridge' ? 'conventional' : 'endpoint';
}

function guessedBridge(fn: PciFunction, classCode: number, parent: Device | null): Device['type'] {
  const name = fn.names.device ?? '';
  if (classCode === subtractive || /\bPCIe?(?:[- ]Express)?[- ]to[- ]PCI\b|\bPCI Bridge\b/i.test(name)) {
    return parent === null || parent.type === 'conventional' ? 'conventional' : 'pcie-to-pci-bridge';
  }
  if (parent === null) return 'root-port';
  if (parent.type === 'conventional' || parent.type === 'pcie-to-pci-bridge') return 'conventional';
  return parent.type === 'upstream-port' ? 'downstream-port' : 'upstream-port';
}
