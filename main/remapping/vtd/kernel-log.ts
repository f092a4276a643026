import type { PciAddress } from '../../machine/address.ts';
import { formatQuad } from '../core/quad.ts';
import { isInterruptFault } from './fault-reasons.ts';

/** The kernel's own words for each reason (Linux 7.2 drivers/iommu/intel/dmar.c, *_fault_reasons): data, shown as the kernel prints it. */
const kernelReasons: Readonly<Record<number, string>> = {
  0x01: 'Present bit in root entry is clear',
  0x02: 'Present bit in context entry is clear',
  0x03: 'Invalid context entry',
  0x04: 'Access beyond MGAW',
  0x05: 'PTE Write access is not set',
  0x06: 'PTE Read access is not set',
  0x07: 'Next page table ptr is invalid',
  0x08: 'Root table address invalid',
  0x09: 'Context table ptr is invalid',
  0x0a: 'non-zero reserved fields in RTP',
  0x0b: 'non-zero reserved fields in CTP',
  0x0c: 'non-zero reserved fields in PTE',
  0x0d: 'PCE for translation request specifies blocking',
  0x20: 'Detected reserved fields in the decoded interrupt-remapped request',
  0x21: 'Interrupt index exceeded the interrupt-remapping table size',
  0x22: 'Present field in the IRTE entry is clear',
  0x23: 'Error accessing interrupt-remapping table pointed by IRTA_REG',
  0x24: 'Detected reserved fields in the IRTE entry',
  0x25: 'Blocked a compatibility format interrupt request',
  0x26: 'Blocked an interrupt request due to source-id verification failure',
  0x30: 'SM: Invalid Root Table Address',
  0x31: 'SM: TTM 0 for request with PASID',
};

/** What the fault record holds, and FSTS when the handler ran. */
export interface LoggedFault {
  readonly reason: number;
  readonly source: PciAddress;
  readonly infoHi: number;
  readonly infoLo: number;
  readonly read: boolean;
  readonly pasid: number | null;
  readonly faultStatus: number;
}

/**
 * The two lines that Linux prints for a recorded fault (dmar_fault and dmar_fault_do_one). Linux 7.2 puts the segment
 * before the address; older kernels print `[01:00.0]`.
 */
export function kernelLines(fault: LoggedFault): readonly string[] {
  const reason = kernelReasons[fault.reason] ?? 'Unknown';
  const tail = `[fault reason 0x${fault.reason.toString(16).padStart(2, '0')}] ${reason}`;
  const status = `DMAR: DRHD: handling fault status reg ${(fault.faultStatus >>> 0).toString(16)}`;
  if (isInterruptFault(fault.reason)) {
    const index = `0x${(fault.infoHi >>> 16).toString(16)}`;
    return [status, `DMAR: [INTR-REMAP] Request device [${fault.source}] fault index ${index} ${tail}`];
  }
  const space = fault.pasid === null ? 'NO_PASID' : `PASID 0x${fault.pasid.toString(16)}`;
  const address = formatQuad(fault.infoHi, fault.infoLo);
  return [
    status,
    `DMAR: [DMA ${fault.read ? 'Read' : 'Write'} ${space}] Request device [${fault.source}] fault addr ${address} ${tail}`,
  ];
}
