import { known, type Unknown } from './fact.ts';
import { devicesOf } from './grouping/devices-of.ts';
import type { Device } from './grouping/device.ts';
import { isBehindVmd, vmdControllersOf, vmdDomains } from './grouping/dma-aliases.ts';
import { addressParts, type PciAddress } from './address.ts';
import type { PciFunction } from './pci-function.ts';

type Through = PciFunction['through'];

/** Adds what stands between each function and the root complex: Thunderbolt or USB4 controllers above it, and Intel's VMD. */
export function withThrough(functions: readonly Omit<PciFunction, 'through'>[]): PciFunction[] {
  const byAddress = new Map(functions.map((fn) => [fn.address, fn]));
  const untold: Through = known([], 'derived', 'path');
  const placed = functions.map((fn): PciFunction => ({ ...fn, through: untold }));
  // Few machines have a VMD, and the others need not be laid out as the kernel's grouping sees them.
  const hasVmd = functions.some(({ address }) => addressParts(address).domain >= vmdDomains);
  const devices = hasVmd ? devicesOf(placed, null) : new Map<PciAddress, Device>();
  const controllers = vmdControllersOf([...devices.values()]);
  return placed.map((fn) => {
    const found: PciAddress[] = [];
    let hidden: Unknown | null = null;
    const seen = new Set<PciAddress>([fn.address]);
    for (let at = fn.parent; at !== null && !seen.has(at); at = byAddress.get(at)?.parent ?? null) {
      seen.add(at);
      const mark = byAddress.get(at)?.thunderbolt;
      if (mark?.known && mark.value) found.push(at);
      else if (mark && !mark.known) hidden = mark;
    }
    const device = devices.get(fn.address);
    const behindVmd = device !== undefined && isBehindVmd(device);
    if (hidden !== null && found.length === 0 && !behindVmd) return { ...fn, through: hidden };
    // Each port of a controller has the mark: the outermost one stands for it.
    const outermost = found.at(-1);
    return {
      ...fn,
      through: known(
        [
          ...(behindVmd ? [{ kind: 'vmd' as const, address: controllers.get(device.domain) ?? null }] : []),
          ...(outermost === undefined ? [] : [{ kind: 'thunderbolt' as const, address: outermost }]),
        ],
        'derived',
        'path',
      ),
    };
  });
}
