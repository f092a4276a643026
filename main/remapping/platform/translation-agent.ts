import { access } from '../access.ts';
import type { AmdUnit } from '../amdvi/unit.ts';
import type { DeviceInvalidations } from '../core/device-invalidations.ts';
import type { VtdUnit } from '../vtd/unit.ts';

/** What a translation request got. */
export interface GrantedPage {
  /** host address of the requested byte */
  readonly hi: number;
  readonly lo: number;
  /** address bits inside the page */
  readonly sizeBits: number;
  /** bit 0 read, bit 1 write */
  readonly rights: number;
}

/** What the TLB of a device talks to (PCIe calls it so): a remapping unit of either vendor. */
export interface TranslationAgent {
  readonly devices: DeviceInvalidations;
  /** Any request; 0 where it passes. `bits`: see access.ts. */
  request(source: number, pasid: number, hi: number, lo: number, bits: number): number;
  /** What the request that passed last was given. */
  granted(): GrantedPage;
  /** The time in which this function has to answer invalidations is over. */
  timeOut(source: number): void;
}

export const vtdAgent = (unit: VtdUnit): TranslationAgent => ({
  devices: unit.queue.devices,
  request: (source, pasid, hi, lo, bits) => unit.translate(source, pasid, hi, lo, bits),
  granted: () => {
    const { outHi: hi, outLo: lo, outLevel, outPermissions } = unit.dma;
    return { hi, lo, sizeBits: 3 + 9 * outLevel, rights: outPermissions & (access.read | access.write) };
  },
  timeOut: (source) => unit.queue.timeOut(source),
});

export const amdAgent = (unit: AmdUnit): TranslationAgent => ({
  devices: unit.commands.devices,
  request: (source, pasid, hi, lo, bits) => unit.translate(source, pasid, hi, lo, bits),
  granted: () => {
    const { outHi: hi, outLo: lo, outBits, outRights } = unit.dma;
    return { hi, lo, sizeBits: outBits, rights: outRights & (access.read | access.write) };
  },
  timeOut: (source) => unit.commands.timeOut(source),
});
