import { bitsOf } from '../core/quad.ts';

/** What the CAP and ECAP registers of a unit say (VT-d 11.4.2 and 11.4.3; Linux drivers/iommu/intel/iommu.h). */
export interface Capabilities {
  readonly capHi: number;
  readonly capLo: number;
  readonly ecapHi: number;
  readonly ecapLo: number;
  /** address bits that a host physical address may use */
  readonly hostWidth: number;
  readonly cachingMode: boolean;
  /** supported AW encodings: bit 1 three levels, bit 2 four, bit 3 five */
  readonly adjustedWidths: number;
  /** MGAW + 1 */
  readonly guestWidth: number;
  /** byte offset of the first fault record */
  readonly faultRecords: number;
  readonly faultRecordCount: number;
  readonly pages2M: boolean;
  readonly pages1G: boolean;
  readonly pageSelective: boolean;
  readonly maximumAddressMask: number;
  readonly postedInterrupts: boolean;
  readonly rootSwitchFlushes: boolean;
  readonly queuedInvalidation: boolean;
  readonly deviceTlb: boolean;
  readonly interruptRemapping: boolean;
  readonly extendedInterrupts: boolean;
  readonly passThrough: boolean;
  readonly snoopControl: boolean;
  /** byte offset of IVA; the IOTLB register is 8 above */
  readonly iotlbRegisters: number;
  readonly abortMode: boolean;
  readonly scalableMode: boolean;
  readonly firstStage: boolean;
  readonly firstStage1G: boolean;
  readonly firstStage5: boolean;
  readonly secondStage: boolean;
  readonly nested: boolean;
  /** SSADE of a PASID-table entry may be 1 */
  readonly secondAccessedDirty: boolean;
  readonly extendedAccessed: boolean;
  readonly pageWalkSnoop: boolean;
  /** requests without PASID use RID_PASID of the context entry; otherwise 0 */
  readonly ridPasid: boolean;
  readonly ridPrivilege: boolean;
  readonly pageRequests: boolean;
  readonly pageRequestDrain: boolean;
  readonly performanceMonitoring: boolean;
  readonly enhancedCommands: boolean;
}

/** Decodes the two registers; `hostWidth` defaults to the guest address width, as CLI callers expect. */
export function decodeCapabilities(
  cap: { hi: number; lo: number },
  ecap: { hi: number; lo: number },
  hostWidth: number | null,
): Capabilities {
  const inCap = (high: number, low = high): number => bitsOf(cap.hi, cap.lo, high, low);
  const inEcap = (high: number, low = high): number => bitsOf(ecap.hi, ecap.lo, high, low);
  const guestWidth = inCap(21, 16) + 1;
  return {
    capHi: cap.hi,
    capLo: cap.lo,
    ecapHi: ecap.hi,
    ecapLo: ecap.lo,
    // No structure has room for address bits above 51.
    hostWidth: Math.min(52, hostWidth ?? guestWidth),
    cachingMode: inCap(7) === 1,
    adjustedWidths: inCap(12, 8) & 0b01110,
    guestWidth,
    faultRecords: inCap(33, 24) * 16,
    faultRecordCount: inCap(47, 40) + 1,
    pages2M: inCap(34) === 1,
    pages1G: inCap(35) === 1,
    pageSelective: inCap(39) === 1,
    maximumAddressMask: inCap(53, 48),
    postedInterrupts: inCap(59) === 1,
    rootSwitchFlushes: inCap(63) === 1,
    queuedInvalidation: inEcap(1) === 1,
    deviceTlb: inEcap(2) === 1,
    interruptRemapping: inEcap(3) === 1,
    extendedInterrupts: inEcap(4) === 1,
    passThrough: inEcap(6) === 1,
    snoopControl: inEcap(7) === 1,
    iotlbRegisters: inEcap(17, 8) * 16,
    abortMode: inEcap(52) === 1,
    scalableMode: inEcap(43) === 1,
    firstStage: inEcap(47) === 1,
    firstStage1G: inCap(56) === 1,
    firstStage5: inCap(60) === 1,
    secondStage: inEcap(46) === 1,
    nested: inEcap(26) === 1,
    secondAccessedDirty: inEcap(45) === 1,
    extendedAccessed: inEcap(34) === 1,
    pageWalkSnoop: inEcap(48) === 1,
    ridPasid: inEcap(49) === 1,
    ridPrivilege: inEcap(53) === 1,
    pageRequests: inEcap(29) === 1,
    pageRequestDrain: inEcap(42) === 1,
    performanceMonitoring: inEcap(51) === 1,
    enhancedCommands: inCap(61) === 1,
  };
}
