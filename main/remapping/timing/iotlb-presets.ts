import type { Figure } from './figure.ts';

export interface IotlbPreset {
  readonly entries: Figure & { readonly unit: 'entries' };
  /** as many as entries: fully associative */
  readonly ways: number;
}

/** Capacities of translation caches that have been measured or modelled. */
export const iotlbPresets = {
  server: {
    entries: {
      value: 64,
      unit: 'entries',
      standing: 'recall',
      source: 'pcie-bench, SIGCOMM 2018: reads get slower beyond a window of 256 KiB in 4 KiB pages',
    },
    ways: 64,
  },
  large: {
    entries: { value: 2048, unit: 'entries', standing: 'source', source: 'gem5 SMMUv3 model: main TLB, 4 ways' },
    ways: 4,
  },
  'per-interface': {
    entries: { value: 32, unit: 'entries', standing: 'source', source: 'gem5 SMMUv3 model: micro TLB of an interface' },
    ways: 32,
  },
} as const satisfies Record<string, IotlbPreset>;
