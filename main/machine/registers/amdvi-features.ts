import type { BitField } from './bit-fields.ts';

/**
 * Header of an AMD IOMMU's PCI capability, which Linux shows as `amd-iommu/cap` (AMD IOMMU specification 48882, 3.2.1;
 * drivers/iommu/amd/init.c IOMMU_CAP_*).
 */
export const amdviCapability: readonly BitField[] = [
  [7, 0, 'CapId', 'PCI capability id, 0Fh'],
  [15, 8, 'CapPtr', 'next capability'],
  [18, 16, 'CapType', 'kind of capability block, 3 for an IOMMU'],
  [23, 19, 'CapRev', 'revision'],
  [24, 24, 'IotlbSup', 'device-TLBs (ATS)'],
  [25, 25, 'HtTunnel', 'HyperTransport tunnel'],
  [26, 26, 'NpCache', 'entries that are not present may be cached, as in virtual units'],
  [27, 27, 'EFRSup', 'the extended feature register is there'],
  [28, 28, 'CapExt', 'the second information register is there'],
];

/** Extended feature register (AMD IOMMU specification 48882, MMIO offset 0030h; drivers/iommu/amd/amd_iommu_types.h FEATURE_*). */
export const amdviFeatures: readonly BitField[] = [
  [0, 0, 'PreFSup', 'prefetch command'],
  [1, 1, 'PPRSup', 'page requests'],
  [2, 2, 'XTSup', 'x2APIC: 32-bit interrupt destinations'],
  [3, 3, 'NXSup', 'no-execute'],
  [4, 4, 'GTSup', 'guest translation: two stages'],
  [6, 6, 'IASup', 'invalidation of everything at once'],
  [7, 7, 'GASup', 'guest virtual APIC'],
  [8, 8, 'HESup', 'hardware error registers'],
  [9, 9, 'PCSup', 'performance counters'],
  [11, 10, 'HATS', 'host page-table levels: 0 four, 1 five, 2 six'],
  [13, 12, 'GATS', 'guest page-table levels: 0 four, 1 five'],
  [15, 14, 'GLXSup', 'levels of the PASID table, less one'],
  [17, 16, 'SmiFSup', 'SMI filter'],
  [20, 18, 'SmiFRC', 'SMI filter registers'],
  [23, 21, 'GAMSup', 'guest virtual APIC mode'],
  [25, 24, 'DualPprLogSup', 'second page-request log'],
  [29, 28, 'DualEventLogSup', 'second event log'],
  [36, 32, 'PASmax', 'PASID bits, less one'],
  [37, 37, 'USSup', 'user and supervisor pages'],
  [39, 38, 'DevTblSegSup', 'segments of the device table: 2^n'],
  [40, 40, 'PprOvrflwEarlySup', 'early warning of page-request overflow'],
  [41, 41, 'PprAutoRspSup', 'automatic page-request answers'],
  [43, 42, 'MarcSup', 'memory access routing'],
  [44, 44, 'BlkStopMrkSup', 'block stop marks'],
  [45, 45, 'PerfOptSup', 'performance optimization'],
  [46, 46, 'MsiCapMmioSup', 'MSI registers in MMIO'],
  [48, 48, 'GIOSup', 'guest I/O protection'],
  [49, 49, 'HASup', 'accessed flag, host tables'],
  [50, 50, 'EPHSup', 'enhanced page-request handling'],
  [51, 51, 'AttrFWSup', 'attribute forwarding'],
  [52, 52, 'HDSup', 'dirty flag, host tables'],
  [54, 54, 'InvIotlbTypeSup', 'typed device-TLB invalidation'],
  [61, 61, 'GAUpdateDisSup', 'guest APIC updates can be switched off'],
  [62, 62, 'ForcePhyDestSup', 'physical interrupt destinations can be forced'],
  [63, 63, 'SNPSup', 'secure nested paging'],
];

/** Second extended feature register (48882, MMIO offset 01A0h; drivers/iommu/amd/amd_iommu_types.h FEATURE_SNPAVICSUP and its kin). */
export const amdviFeatures2: readonly BitField[] = [
  [1, 1, 'SevSnpIoSup', 'trusted I/O for encrypted guests'],
  [3, 3, 'GCR3TRPMode', 'guest table roots by guest address'],
  [7, 5, 'SNPAVICSup', 'guest virtual APIC with secure nested paging'],
  [9, 8, 'NumIntRemapSup', 'interrupt entries a table: 0 512, 1 2048'],
  [11, 11, 'HtRangeIgnore', 'the HyperTransport range is ordinary address space'],
];
