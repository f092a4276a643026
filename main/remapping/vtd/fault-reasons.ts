/**
 * Fault reasons as they stand in a fault record (VT-d 7.1.3; names after Linux drivers/iommu/intel/dmar.c). 0 is "no
 * fault" everywhere in the engine.
 */
export const fault = {
  none: 0,
  rootNotPresent: 0x01,
  contextNotPresent: 0x02,
  contextUnsupported: 0x03,
  beyondWidth: 0x04,
  writeForbidden: 0x05,
  readForbidden: 0x06,
  tableUnreadable: 0x07,
  rootUnreadable: 0x08,
  contextUnreadable: 0x09,
  rootReserved: 0x0a,
  contextReserved: 0x0b,
  pagingReserved: 0x0c,
  requestTypeBlocked: 0x0d,
  outputInInterruptRange: 0x0e,
  interruptRequestReserved: 0x20,
  interruptIndexBeyond: 0x21,
  interruptNotPresent: 0x22,
  interruptUnreadable: 0x23,
  interruptReserved: 0x24,
  compatibilityBlocked: 0x25,
  sourceRefused: 0x26,
  postedUnreadable: 0x27,
  postedReserved: 0x28,
  tableModeReserved: 0x30,
  pasidInLegacyMode: 0x31,
  pageRequestInLegacyMode: 0x32,
  abortMode: 0x33,
  scalableRootUnreadable: 0x38,
  scalableRootNotPresent: 0x39,
  scalableRootReserved: 0x3a,
  scalableContextUnreadable: 0x40,
  scalableContextNotPresent: 0x41,
  scalableContextReserved: 0x42,
  deviceTlbDisabled: 0x44,
  pasidDisabled: 0x45,
  pasidBeyond: 0x46,
  pageRequestsDisabled: 0x47,
  ridPasidBeyond: 0x48,
  directoryUnreadable: 0x50,
  directoryNotPresent: 0x51,
  directoryReserved: 0x52,
  pasidEntryUnreadable: 0x58,
  pasidEntryNotPresent: 0x59,
  pasidEntryReserved: 0x5a,
  pasidEntryUnsupported: 0x5b,
  executeRequestsDisabled: 0x5c,
  supervisorRequestsDisabled: 0x5d,
  firstTableUnreadable: 0x70,
  firstNotPresent: 0x71,
  firstReserved: 0x72,
  firstTopUnreadable: 0x73,
  firstBeyondWidthNested: 0x74,
  nestedMarkForbidden: 0x77,
  secondTableUnreadable: 0x78,
  secondForbidden: 0x79,
  secondReserved: 0x7a,
  secondTopUnreadable: 0x7b,
  notCanonical: 0x80,
  userRefused: 0x81,
  executeRefused: 0x82,
  secondBeyondWidth: 0x84,
  scalableWriteForbidden: 0x85,
  scalableReadForbidden: 0x86,
  scalableInterruptRange: 0x87,
  markFailed: 0x91,
} as const;
export type FaultReason = (typeof fault)[keyof typeof fault];

/**
 * Faults that an FPD bit silences. QEMU's table leaves out 0Bh; by the specification's rule (qualified once an entry with
 * FPD has been fetched) a context entry with reserved bits is silenced too.
 */
const qualified: ReadonlySet<number> = new Set([
  fault.contextNotPresent,
  fault.contextUnsupported,
  fault.beyondWidth,
  fault.writeForbidden,
  fault.readForbidden,
  fault.tableUnreadable,
  fault.contextReserved,
  fault.pagingReserved,
  fault.requestTypeBlocked,
  fault.outputInInterruptRange,
  fault.interruptNotPresent,
  fault.interruptReserved,
  fault.sourceRefused,
  fault.postedUnreadable,
  fault.postedReserved,
]);

/**
 * In scalable mode everything behind the context entry's fetch is silenced by any FPD on the way (VT-d 7.1.1), but for the
 * fetches of the PASID directory and entry, 50h and 58h (the column "qualified" of the table in 7.1.3).
 */
const isScalableQualified = (reason: number): boolean =>
  reason >= 0x41 && reason <= 0x91 && reason !== fault.directoryUnreadable && reason !== fault.pasidEntryUnreadable;

export const isQualified = (reason: number): boolean => qualified.has(reason) || isScalableQualified(reason);

const rightsFaults: ReadonlySet<number> = new Set([
  fault.writeForbidden,
  fault.readForbidden,
  fault.firstNotPresent,
  fault.secondForbidden,
  fault.userRefused,
  fault.executeRefused,
  fault.scalableWriteForbidden,
  fault.scalableReadForbidden,
]);

/** An ATS translation request that meets one of these is answered "no rights", and nothing is logged. */
export const grantsNothing = (reason: number): boolean => rightsFaults.has(reason);

/** 20h–28h are about interrupts: their record holds an index instead of a page. */
export const isInterruptFault = (reason: number): boolean => reason >= 0x20 && reason <= 0x28;
