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

export const isQualified = (reason: number): boolean => qualified.has(reason);

/** 20h–28h are about interrupts: their record holds an index instead of a page. */
export const isInterruptFault = (reason: number): boolean => reason >= 0x20 && reason <= 0x28;
