import type { Figure } from './figure.ts';

/** Linux's two ways of invalidating, and each with the paper's cheaper allocator of addresses. */
export const protectionModes = ['strict', 'strict+', 'defer', 'defer+'] as const;
export type ProtectionMode = (typeof protectionModes)[number];

/** What the driver does for one mapping and its end. */
export const mappingParts = [
  'allocate',
  'map-table',
  'map-other',
  'find',
  'free',
  'unmap-table',
  'invalidate',
  'unmap-other',
] as const;
export type MappingPart = (typeof mappingParts)[number];

export const mappingSource = 'Malka and others, rIOMMU, ASPLOS 2015, Table 1 (3.1 GHz, Linux 3.4)';

/**
 * Cycles of each part for one mapping. All from memory of the paper. `invalidate` of the deferred modes is a mean over
 * many mappings that share one flush.
 */
export const mappingCosts = {
  strict: {
    allocate: 3986,
    'map-table': 588,
    'map-other': 44,
    find: 249,
    free: 159,
    'unmap-table': 438,
    invalidate: 2127,
    'unmap-other': 26,
  },
  'strict+': {
    allocate: 92,
    'map-table': 590,
    'map-other': 45,
    find: 418,
    free: 62,
    'unmap-table': 427,
    invalidate: 2135,
    'unmap-other': 25,
  },
  defer: {
    allocate: 1674,
    'map-table': 533,
    'map-other': 44,
    find: 263,
    free: 189,
    'unmap-table': 471,
    invalidate: 9,
    'unmap-other': 205,
  },
  'defer+': {
    allocate: 108,
    'map-table': 577,
    'map-other': 42,
    find: 454,
    free: 57,
    'unmap-table': 504,
    invalidate: 9,
    'unmap-other': 216,
  },
} as const satisfies Record<ProtectionMode, Record<MappingPart, number>>;

/** One submission to the queue and the wait for it, whoever asks: the strict mode waits once for each mapping. */
export const submissionCycles: Figure = {
  value: mappingCosts.strict.invalidate,
  unit: 'cycles',
  standing: 'recall',
  source: mappingSource,
};

/** How Linux batches in the deferred modes. */
export const flushLimits = {
  entries: {
    value: 250,
    unit: 'entries',
    standing: 'source',
    source: 'Linux 2.6.36 drivers/pci/intel-iommu.c, HIGH_WATER_MARK (later kernels: 256 for each processor)',
  },
  timeout: {
    value: 10,
    unit: 'ms',
    standing: 'source',
    source: 'Linux drivers/iommu/dma-iommu.c, IOVA_DEFAULT_FQ_TIMEOUT; add_unmap in 2.6.36 has the same',
  },
} as const satisfies Record<string, Figure>;
