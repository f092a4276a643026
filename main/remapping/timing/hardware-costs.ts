import type { Figure } from './figure.ts';

const pcieBench = 'Neugebauer and others, Understanding PCIe performance for end host networking, SIGCOMM 2018';

/** What the hardware takes. */
export const hardwareCosts = {
  /** 64-byte DMA read of a device whose translation is cached: the whole round trip over PCIe */
  readRoundTrip: { value: 430, unit: 'ns', standing: 'recall', source: pcieBench },
  /** a table entry read by a walk; a miss costs about 330 ns for four of them, rounded */
  memoryRead: { value: 80, unit: 'ns', standing: 'calibrated', source: `${pcieBench}: miss less hit, by four reads` },
  iotlbLookup: { value: 2, unit: 'ns', standing: 'source', source: 'gem5 SMMUv3 model: 1 to 3 cycles' },
  tableCheck: { value: 1, unit: 'ns', standing: 'assumed', source: 'one cycle of a unit at 1 GHz' },
  portForward: { value: 25, unit: 'ns', standing: 'assumed', source: 'a PCIe switch or root port' },
  interruptMessage: { value: 50, unit: 'ns', standing: 'assumed', source: 'a posted write to a local APIC' },
  faultRecord: { value: 5, unit: 'ns', standing: 'assumed', source: 'four register writes inside the unit' },
  /** one descriptor and its wait, from the tail write to the status word */
  queuedInvalidation: {
    value: 700,
    unit: 'ns',
    standing: 'recall',
    source: 'Malka and others, rIOMMU, ASPLOS 2015, Table 1: 2127 cycles at 3.1 GHz',
  },
  furtherDescriptor: { value: 100, unit: 'ns', standing: 'assumed', source: 'a 16-byte fetch and a look-up' },
  deviceTlbInvalidation: { value: 1500, unit: 'ns', standing: 'recall', source: '1 to 2 µs over PCIe and back' },
} as const satisfies Record<string, Figure>;
