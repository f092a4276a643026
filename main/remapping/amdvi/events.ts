/**
 * Event codes as they stand in an event log entry (AMD 48882 2.5; names after Linux drivers/iommu/amd/amd_iommu_types.h
 * EVENT_TYPE_*). 0 is "nothing to report" everywhere in this folder.
 */
export const event = {
  none: 0,
  illegalDeviceEntry: 0x1,
  pageFault: 0x2,
  deviceTableError: 0x3,
  pageTableError: 0x4,
  illegalCommand: 0x5,
  commandError: 0x6,
  deviceCacheTimeOut: 0x7,
  deviceRequest: 0x8,
  pageRequest: 0x9,
} as const;

/**
 * Refused without an event of its own: an ATS request while the unit is off. Other refusals answer their event code.
 */
export const refusedSilently = -1;

/**
 * Flags of an event, bits 27:16 of its second word (VirtualBox include/VBox/iommu-amd.h EVT_IO_PAGE_FAULT_T). RW is set
 * for writes even where PR is 0, as logs of real machines show (`flags=0x0020` for an unmapped page).
 */
export const flag = {
  guest: 0x001,
  execute: 0x002,
  user: 0x004,
  interrupt: 0x008,
  present: 0x010,
  write: 0x020,
  permission: 0x040,
  /** of what is malformed: reserved bits; 0 is a level that cannot be */
  reserved: 0x080,
  translation: 0x100,
} as const;

/** Type of a hardware error, flags 10:9: why the unit's own access failed. */
export const hardwareTypeShift = 9;

/** Type of an invalid device request, flags 11:9. A machine logs `flags=0x0a00` for the last [recall for the others]. */
export const requestType = {
  readOfInterruptRange: 0 << 9,
  pretranslatedNotAllowed: 1 << 9,
  interruptNotAllowed: 5 << 9,
  pasidNotAllowed: 7 << 9,
} as const;
