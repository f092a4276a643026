import { bitsOf } from '../core/quad.ts';
import type { Quad } from '../core/quad.ts';

/** What the extended feature registers of a unit say (AMD 48882 3.4; Linux drivers/iommu/amd/amd_iommu_types.h FEATURE_*). */
export interface Features {
  readonly efrHi: number;
  readonly efrLo: number;
  readonly efr2Hi: number;
  readonly efr2Lo: number;
  readonly prefetch: boolean;
  readonly pageRequests: boolean;
  readonly x2apic: boolean;
  readonly noExecute: boolean;
  readonly guestTranslation: boolean;
  readonly invalidateAll: boolean;
  /** 128-bit interrupt entries */
  readonly guestApic: boolean;
  /** guests take interrupts without an exit (GAM 001b) */
  readonly guestApicMode: boolean;
  readonly hardwareErrors: boolean;
  /** levels of host tables: 4, 5 or 6 */
  readonly hostLevels: number;
  /** five levels of guest tables */
  readonly guestLevels5: boolean;
  /** levels of the table of address spaces: 1, 2 or 3 */
  readonly spaceLevels: number;
  /** bits of an address space's number */
  readonly pasidBits: number;
  /** the unit's own message is in its registers, not in its PCI function's configuration space */
  readonly messageRegisters: boolean;
  /** GIOV of a device table entry may be 1 */
  readonly guestIo: boolean;
  readonly hostAccessed: boolean;
  readonly hostDirty: boolean;
  /** 2048 interrupts a device, where software turns them on */
  readonly manyInterrupts: boolean;
}

export function decodeFeatures(efr: Quad, efr2: Quad): Features {
  const inEfr = (high: number, low = high): number => bitsOf(efr.hi, efr.lo, high, low);
  const inEfr2 = (high: number, low = high): number => bitsOf(efr2.hi, efr2.lo, high, low);
  return {
    efrHi: efr.hi,
    efrLo: efr.lo,
    efr2Hi: efr2.hi,
    efr2Lo: efr2.lo,
    prefetch: inEfr(0) === 1,
    pageRequests: inEfr(1) === 1,
    x2apic: inEfr(2) === 1,
    noExecute: inEfr(3) === 1,
    guestTranslation: inEfr(4) === 1,
    invalidateAll: inEfr(6) === 1,
    guestApic: inEfr(7) === 1,
    guestApicMode: inEfr(23, 21) === 1,
    hardwareErrors: inEfr(8) === 1,
    hostLevels: 4 + inEfr(11, 10),
    guestLevels5: inEfr(13, 12) >= 1,
    spaceLevels: 1 + inEfr(15, 14),
    pasidBits: 1 + inEfr(36, 32),
    messageRegisters: inEfr(46) === 1,
    guestIo: inEfr(48) === 1,
    hostAccessed: inEfr(49) === 1,
    hostDirty: inEfr(52) === 1,
    manyInterrupts: inEfr2(9, 8) === 1,
  };
}
