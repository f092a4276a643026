import { lowMaskHi, lowMaskLo } from '../core/quad.ts';
import { RegisterFile } from '../registers/register-file.ts';
import type { RegisterRow } from '../registers/register-file.ts';
import type { Capabilities } from './capabilities.ts';
import { overPerformance, performanceEnd, performanceRows } from './performance-registers.ts';

/** Byte offsets of the VT-d registers (VT-d 11.4; Linux drivers/iommu/intel/iommu.h DMAR_*_REG). */
export const register = {
  VER: 0x00,
  CAP: 0x08,
  ECAP: 0x10,
  GCMD: 0x18,
  GSTS: 0x1c,
  RTADDR: 0x20,
  CCMD: 0x28,
  FSTS: 0x34,
  FECTL: 0x38,
  FEDATA: 0x3c,
  FEADDR: 0x40,
  FEUADDR: 0x44,
  IQH: 0x80,
  IQT: 0x88,
  IQA: 0x90,
  ICS: 0x9c,
  IECTL: 0xa0,
  IEDATA: 0xa4,
  IEADDR: 0xa8,
  IEUADDR: 0xac,
  IQER: 0xb0,
  IRTA: 0xb8,
  PQH: 0xc0,
  PQT: 0xc8,
  PQA: 0xd0,
  PRS: 0xdc,
  PECTL: 0xe0,
  PEDATA: 0xe4,
  PEADDR: 0xe8,
  PEUADDR: 0xec,
} as const;

/** Where the fixed registers end; fault records and the IOTLB registers must lie beyond. */
const fixedEnd = (capabilities: Capabilities): number => (capabilities.pageRequests ? 0xf0 : 0xc0);

/** Bits of GCMD and GSTS: the command and its status share a position. */
export const global = {
  translation: 1 << 31,
  rootTable: 1 << 30,
  faultLog: 1 << 29,
  writeBuffer: 1 << 27,
  queue: 1 << 26,
  interrupts: 1 << 25,
  interruptTable: 1 << 24,
  compatibility: 1 << 23,
} as const;

/** Bits of FSTS. */
export const faultStatus = {
  overflow: 1 << 0,
  pending: 1 << 1,
  queueError: 1 << 4,
  completionError: 1 << 5,
  timeOut: 1 << 6,
  requestOverflow: 1 << 7,
  /** first pending record, a byte at bit 8 */
  indexShift: 8,
} as const;

/** IM and IP of FECTL and IECTL. */
export const eventControl = { mask: 1 << 31, pending: 1 << 30 } as const;

const version = 0x10;

/** Registers whose address field takes bits up to the host address width. */
function addressRow(offset: number, width: number, extra: number): RegisterRow[] {
  return [
    { offset, writable: (lowMaskLo(width) & ~0xfff) | extra },
    { offset: offset + 4, writable: lowMaskHi(width) },
  ];
}

function eventRows(control: number, extended: boolean): RegisterRow[] {
  return [
    { offset: control, reset: eventControl.mask, writable: eventControl.mask },
    { offset: control + 4, writable: extended ? -1 : 0xffff },
    { offset: control + 8, writable: ~3 },
    { offset: control + 12, writable: extended ? -1 : 0 },
  ];
}

/** Why these capabilities cannot be built, or null: the records must lie past the fixed registers and apart from IVA/IOTLB. */
export function layoutProblem(capabilities: Capabilities): string | null {
  const { faultRecords, faultRecordCount, iotlbRegisters } = capabilities;
  const recordsEnd = faultRecords + 16 * faultRecordCount;
  if (faultRecords < fixedEnd(capabilities)) return 'CAP.FRO places the fault records over other registers';
  if (iotlbRegisters < fixedEnd(capabilities)) return 'ECAP.IRO places the IOTLB registers over other registers';
  if (overPerformance(capabilities, faultRecords, recordsEnd))
    return 'CAP.FRO places the fault records over the registers of performance monitoring';
  if (overPerformance(capabilities, iotlbRegisters, iotlbRegisters + 16))
    return 'ECAP.IRO places the IOTLB registers over the registers of performance monitoring';
  if (iotlbRegisters < recordsEnd && faultRecords < iotlbRegisters + 16)
    return 'CAP.FRO and ECAP.IRO place the fault records and the IOTLB registers at the same offsets';
  return null;
}

/** The register file of a unit with these capabilities, as after reset. */
export function createRegisters(capabilities: Capabilities): RegisterFile {
  const { faultRecords, faultRecordCount, iotlbRegisters, hostWidth } = capabilities;
  const rows: RegisterRow[] = [
    { offset: register.VER, reset: version },
    { offset: register.CAP, reset: capabilities.capLo },
    { offset: register.CAP + 4, reset: capabilities.capHi },
    { offset: register.ECAP, reset: capabilities.ecapLo },
    { offset: register.ECAP + 4, reset: capabilities.ecapHi },
    // TTM is kept as written: a mode that the unit lacks is a fault of the next requests, not another mode.
    ...addressRow(register.RTADDR, hostWidth, 0xc00),
    // ICC and CAIG are the hardware's; everything else of CCMD is kept as written.
    { offset: register.CCMD, writable: -1 },
    { offset: register.CCMD + 4, writable: ~(0b11 << 27) },
    { offset: register.FSTS, clears: 0b1111_1101 },
    ...eventRows(register.FECTL, capabilities.extendedInterrupts),
  ];
  if (capabilities.queuedInvalidation) {
    rows.push(
      { offset: register.IQT, writable: 0x7fff0 },
      // DW, bit 11, is there only in units with scalable mode.
      ...addressRow(register.IQA, hostWidth, 0b111 | (capabilities.scalableMode ? 1 << 11 : 0)),
      { offset: register.ICS, clears: 1 },
      ...eventRows(register.IECTL, capabilities.extendedInterrupts),
    );
  }
  if (capabilities.pageRequests) {
    rows.push(
      { offset: register.PQH, writable: 0x7ffe0 },
      { offset: register.PQT, writable: 0x7ffe0 },
      ...addressRow(register.PQA, hostWidth, 0b111),
      { offset: register.PRS, clears: 0b11 },
      ...eventRows(register.PECTL, capabilities.extendedInterrupts),
    );
  }
  if (capabilities.interruptRemapping)
    rows.push(...addressRow(register.IRTA, hostWidth, 0b1111 | (capabilities.extendedInterrupts ? 1 << 11 : 0)));
  rows.push(
    { offset: iotlbRegisters, writable: -1 },
    { offset: iotlbRegisters + 4, writable: -1 },
    { offset: iotlbRegisters + 8, writable: -1 },
    { offset: iotlbRegisters + 12, writable: ~(0b11 << 25) },
  );
  for (let record = 0; record < faultRecordCount; record++)
    rows.push({ offset: faultRecords + 16 * record + 12, clears: 1 << 31 });
  rows.push(...performanceRows(capabilities));
  const end = Math.max(faultRecords + 16 * faultRecordCount, iotlbRegisters + 16, performanceEnd(capabilities));
  return new RegisterFile(Math.ceil(end / 4096) * 4096, rows);
}
