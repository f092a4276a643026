import type { DeliveredInterrupt } from '../vtd/interrupt-message.ts';

/** An interrupt table entry: 32 bits in `lowLo` alone, or 128 (AMD 48882 2.2.5; Linux union irte, struct irte_ga). */
export interface InterruptEntry {
  readonly lowHi: number;
  readonly lowLo: number;
  readonly highHi: number;
  readonly highLo: number;
}

const bit = {
  enabled: 1 << 0,
  /** SupIOPF: page faults of this entry are not logged */
  quiet: 1 << 1,
  /** GALogIntr, of a guest's entry */
  logsToGuest: 1 << 2,
  /** RqEoi */
  wantsEnd: 1 << 5,
  logical: 1 << 6,
  /** IsRun, of a guest's entry */
  running: 1 << 6,
  guest: 1 << 7,
} as const;

export const isEnabled = (entry: InterruptEntry): boolean => (entry.lowLo & bit.enabled) !== 0;
export const isQuiet = (entry: InterruptEntry): boolean => (entry.lowLo & bit.quiet) !== 0;
export const isGuests = (entry: InterruptEntry): boolean => (entry.lowLo & bit.guest) !== 0;
export const isRunning = (entry: InterruptEntry): boolean => (entry.lowLo & bit.running) !== 0;
export const logsToGuest = (entry: InterruptEntry): boolean => (entry.lowLo & bit.logsToGuest) !== 0;
/** Vector 71:64 of a 128-bit entry. */
export const guestVector = (entry: InterruptEntry): number => entry.highLo & 0xff;
/** GATag, which names the guest's processor in the log. */
export const guestTag = (entry: InterruptEntry): number => entry.lowHi;

/** Reserved types of delivery, guest entries where no guest mode is on, reserved bits of the 32-bit form. */
export function isMalformed(entry: InterruptEntry, wide: boolean, guestMode: boolean): boolean {
  if (isGuests(entry)) return !wide || !guestMode || (entry.lowLo & 0x38) !== 0 || (entry.highLo & 0xf00) !== 0;
  // IntType 4:2: fixed and lowest priority are the two that go through the table.
  if (((entry.lowLo >>> 2) & 7) > 1) return true;
  return wide ? (entry.highLo & 0xf00) !== 0 : entry.lowLo >>> 24 !== 0;
}

/** The destination is 8 bits, or 24 and 8 more with x2APIC addresses (Linux APICID_TO_IRTE_DEST_LO and _HI). */
export const destinationOf = (entry: InterruptEntry, wide: boolean, x2apic: boolean): number =>
  wide && x2apic ? ((entry.lowLo >>> 8) | ((entry.highHi >>> 24) << 24)) >>> 0 : (entry.lowLo >>> 8) & 0xff;

/** What the processors get: all of it from the entry, nothing from the device. */
export function remapped(entry: InterruptEntry, wide: boolean, x2apic: boolean): DeliveredInterrupt {
  return {
    vector: wide ? entry.highLo & 0xff : (entry.lowLo >>> 16) & 0xff,
    destination: destinationOf(entry, wide, x2apic),
    logical: (entry.lowLo & bit.logical) !== 0,
    redirectionHint: false,
    mode: ((entry.lowLo >>> 2) & 7) === 1 ? 'lowest' : 'fixed',
    trigger: entry.lowLo & bit.wantsEnd ? 'level' : 'edge',
    posted: null,
  };
}
