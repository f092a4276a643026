import type { Machine } from '../machine/machine.ts';
import { isAtLeast } from '../machine/system/kernel.ts';
import { iommuVendor } from './iommu-state.ts';

/** What the kernel writes when it refuses. */
const messages = {
  vtd: 'Device is ineligible for IOMMU domain attach due to platform RMRR requirement',
  core: 'Firmware has requested this device have a 1:1 IOMMU mapping',
} as const;

/** Whether a kernel hands over a device whose memory has to stay mapped. */
export interface MappingRefusal {
  /** null: the source does not say which kernel or whose IOMMU it is */
  readonly refuses: boolean | null;
  readonly message: string;
}

/**
 * VT-d's own driver refused from Linux 3.17 ("iommu/vt-d: Exclude devices using RMRRs from IOMMU API domains") to 6.5; since
 * 6.6 the core does for every IOMMU ("iommu: Prevent RESV_DIRECT devices from blocking domains", drivers/iommu/iommu.c
 * __iommu_device_set_domain). AMD's driver never did, so that an older kernel lets go there what a newer one keeps.
 */
export function mappingRefusal(machine: Machine): MappingRefusal {
  const { release } = machine.kernel;
  const inCore = release.known ? isAtLeast(release.value, 6, 6) : null;
  if (inCore === true) return { refuses: true, message: messages.core };
  if (iommuVendor(machine) !== 'intel') return { refuses: inCore, message: messages.core };
  // Kernels before 3.17 have no place to read reserved ranges from, and no distribution ships one any more.
  return { refuses: true, message: inCore === false ? messages.vtd : messages.core };
}
