import { RegisterFile } from '../registers/register-file.ts';
import type { RegisterRow } from '../registers/register-file.ts';
import type { Features } from './features.ts';

/** Byte offsets of the AMD-Vi registers (AMD 48882 3.4; Linux drivers/iommu/amd/amd_iommu_types.h MMIO_*_OFFSET). */
export const register = {
  DEV_TABLE: 0x0000,
  CMD_BASE: 0x0008,
  EVT_BASE: 0x0010,
  CONTROL: 0x0018,
  EXCL_BASE: 0x0020,
  EXCL_LIMIT: 0x0028,
  EFR: 0x0030,
  PPR_BASE: 0x0038,
  HW_EVENT_HI: 0x0040,
  HW_EVENT_LO: 0x0048,
  HW_EVENT_STATUS: 0x0050,
  GA_BASE: 0x00e0,
  GA_TAIL_ADDRESS: 0x00e8,
  MSI_ADDRESS: 0x015c,
  MSI_ADDRESS_HI: 0x0160,
  MSI_DATA: 0x0164,
  EFR2: 0x01a0,
  CMD_HEAD: 0x2000,
  CMD_TAIL: 0x2008,
  EVT_HEAD: 0x2010,
  EVT_TAIL: 0x2018,
  STATUS: 0x2020,
  PPR_HEAD: 0x2030,
  PPR_TAIL: 0x2038,
  GA_HEAD: 0x2040,
  GA_TAIL: 0x2048,
} as const;

/** Bits of CONTROL, low half. */
export const control = {
  enable: 1 << 0,
  eventLog: 1 << 2,
  eventInterrupt: 1 << 3,
  waitInterrupt: 1 << 4,
  /** InvTimeOut 7:5: how long a device may take to invalidate, 0 for as long as it likes */
  invalidationTimeOut: 7 << 5,
  commands: 1 << 12,
  pageLog: 1 << 13,
  pageInterrupt: 1 << 14,
  pageRequests: 1 << 15,
  guestTranslation: 1 << 16,
  guestApic: 1 << 17,
  /** GAMEn 27:25, of which 001b is the guest mode of interrupts */
  guestApicMode: 1 << 25,
  guestLog: 1 << 28,
  guestInterrupt: 1 << 29,
} as const;
/** The same, high half. */
export const controlHi = {
  /** NumIntRemapMode 44:43, of which 01b is 2048 interrupts */
  manyInterrupts: 1 << 11,
  x2apic: 1 << 18,
} as const;

export const status = {
  eventOverflow: 1 << 0,
  eventInterrupt: 1 << 1,
  waitInterrupt: 1 << 2,
  eventRun: 1 << 3,
  commandRun: 1 << 4,
  pageOverflow: 1 << 5,
  pageInterrupt: 1 << 6,
  pageRun: 1 << 7,
  guestRun: 1 << 8,
  guestOverflow: 1 << 9,
  guestInterrupt: 1 << 10,
} as const;
/** What software clears by writing 1 (QEMU hw/i386/amd_iommu.c amdvi_init: 67h; the guest log's two bits likewise). */
const statusClears = 0x667;

/** HwEvtStatus: an event is held; another came before software cleared the first. */
export const hardwareEvent = { held: 1 << 0, overflow: 1 << 1 } as const;

const size = 0x4000;
const addressLo = ~0xfff;
/** address bits 51:32 */
const addressHi = 0xfffff;
/** length 59:56 of a buffer, in the high half: 2^n entries of 16 bytes; 256 after reset [recall] */
const lengthHi = 0xf << 24;
const resetLength = 8 << 24;
const pointer = 0x7fff0;

const addressRows = (offset: number, lo = addressLo): RegisterRow[] => [
  { offset, writable: lo },
  { offset: offset + 4, writable: addressHi },
];
const bufferRows = (base: number, head: number, tail: number, pointers: number): RegisterRow[] => [
  { offset: base, writable: addressLo },
  { offset: base + 4, writable: addressHi | lengthHi, reset: resetLength },
  { offset: head, writable: pointers },
  { offset: tail, writable: pointers },
];

function controlRows(features: Features): RegisterRow[] {
  const { pageRequests, guestTranslation, guestApic, guestApicMode, x2apic, manyInterrupts } = features;
  const always = 0x1fff;
  const optional =
    (pageRequests ? control.pageLog | control.pageInterrupt | control.pageRequests : 0) |
    (guestTranslation ? control.guestTranslation : 0) |
    (guestApic ? control.guestApic : 0) |
    (guestApicMode ? (7 << 25) | control.guestLog | control.guestInterrupt : 0);
  const high = (x2apic ? controlHi.x2apic : 0) | (manyInterrupts ? 3 << 11 : 0);
  return [
    { offset: register.CONTROL, writable: always | optional },
    { offset: register.CONTROL + 4, writable: high },
  ];
}

/** The register file of a unit with these features, as after reset. */
export function createRegisters(features: Features): RegisterFile {
  const rows: RegisterRow[] = [
    ...addressRows(register.DEV_TABLE, addressLo | 0x1ff),
    ...bufferRows(register.CMD_BASE, register.CMD_HEAD, register.CMD_TAIL, pointer),
    ...bufferRows(register.EVT_BASE, register.EVT_HEAD, register.EVT_TAIL, pointer),
    ...controlRows(features),
    // ExEn 0, Allow 1
    ...addressRows(register.EXCL_BASE, addressLo | 3),
    ...addressRows(register.EXCL_LIMIT),
    { offset: register.EFR, reset: features.efrLo },
    { offset: register.EFR + 4, reset: features.efrHi },
    { offset: register.EFR2, reset: features.efr2Lo },
    { offset: register.EFR2 + 4, reset: features.efr2Hi },
    { offset: register.STATUS, clears: statusClears },
  ];
  if (features.pageRequests) rows.push(...bufferRows(register.PPR_BASE, register.PPR_HEAD, register.PPR_TAIL, pointer));
  if (features.guestApicMode)
    rows.push(
      ...bufferRows(register.GA_BASE, register.GA_HEAD, register.GA_TAIL, 0xfff8),
      ...addressRows(register.GA_TAIL_ADDRESS, ~7),
    );
  if (features.hardwareErrors)
    rows.push({ offset: register.HW_EVENT_STATUS, clears: hardwareEvent.held | hardwareEvent.overflow });
  if (features.messageRegisters)
    rows.push(
      { offset: register.MSI_ADDRESS, writable: ~3 },
      { offset: register.MSI_ADDRESS_HI, writable: -1 },
      { offset: register.MSI_DATA, writable: 0xffff },
    );
  return new RegisterFile(size, rows);
}
