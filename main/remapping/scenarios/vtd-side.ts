import { quadOf } from '../core/quad.ts';
import { pageSizeAt } from '../formats/second-stage.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import { VtdDriver } from '../platform/vtd-driver.ts';
import { decodeCapabilities } from '../vtd/capabilities.ts';
import { VtdUnit } from '../vtd/unit.ts';
import { acknowledgeFault } from './acknowledge-fault.ts';
import {
  cachedEntries,
  cachedPages,
  foreignInterruptIndex,
  hex,
  hostMemory,
  storyInterruptIndex,
  storyProcessor,
  storyVector,
  tableBase,
  wholeSpace,
} from './story-layout.ts';
import type { VendorSide } from './story-unit.ts';

/** CAP and ECAP of the simulated unit: the values of QEMU 11.1.3's intel-iommu, 48 bits, legacy mode (measured). */
const capability = 0x80d2008c222f0606n;
const extendedCapability = 0xf00f4an;
/** ECAP.DT, which the same unit has with device-iotlb=on. */
const deviceTlbs = 1n << 2n;
const caches = {
  iotlbEntries: cachedPages,
  iotlbWays: cachedPages,
  contextEntries: cachedEntries,
  interruptEntries: cachedEntries,
  // The picture shows every level of every walk.
  pagingEntries: 0,
};

/** A VT-d unit with four levels. Every interrupt table entry names its only allowed source. */
export function buildVtdSide(deviceCache: boolean): VendorSide {
  const extended = extendedCapability | (deviceCache ? deviceTlbs : 0n);
  const capabilities = decodeCapabilities(quadOf(capability), quadOf(extended), null);
  const unit = new VtdUnit(capabilities, new PhysicalMemory(hostMemory, tableBase), caches);
  const driver = new VtdDriver(unit, tableBase);
  return {
    unit,
    driver,
    described: {
      vendor: 'vtd',
      capability: `0x${capability.toString(16)}`,
      extendedCapability: `0x${extended.toString(16)}`,
      iotlbEntries: caches.iotlbEntries,
    },
    tables: (requester) => ({
      rootTable: hex(driver.rootTable),
      contextTable: hex(driver.contextTableOf(requester >>> 8)),
      deviceTable: null,
      pagingTables: driver.tablePages.map(({ level, address }) => ({ level, address: hex(address) })),
      interruptTable: hex(driver.interruptTable),
      interruptEntries: driver.interruptEntries,
    }),
    pageSize: () => pageSizeAt(unit.dma.outLevel),
    tableReads: () => unit.walk.reads,
    cached: () => unit.iotlb.used,
    createSpace: () => driver.createDomain(4),
    map: (space, { iova, physical, bytes, small }, rights) =>
      driver.map(space, { ...rights, iova, physical, bytes, largestLevel: small ? 1 : 2 }),
    unmap: (space, iova, lazy) => driver.unmap(space, iova, 4096, lazy),
    flushAll: (space) => driver.flush(space, 0, wholeSpace),
    attach: (requester, space, cache) => {
      if (cache) driver.attachCaching(requester, space);
      else driver.attach(requester, space);
    },
    move: (requester, from, to) => driver.move(requester, from, to),
    pass: (requester) => driver.pass(requester),
    detach: (requester, space) => driver.detach(requester, space),
    routeInterrupts(requester) {
      const own = { vector: storyVector, destination: storyProcessor, source: requester };
      driver.route({ index: storyInterruptIndex, ...own });
      const foreign = { vector: storyVector + 0x10, destination: 1, source: requester ^ 1 };
      driver.route({ index: foreignInterruptIndex, ...foreign });
    },
    messageFor: (index) => driver.messageFor(index),
    translationOff: () => driver.turnOff('translation'),
    interruptRemappingOff: () => driver.turnOff('interrupts'),
    acknowledge: (reason, source) => acknowledgeFault(unit, source, reason),
    says: {
      memory: 'address-is-memory',
      interrupt: 'address-is-interrupt',
      written: 'memory-written',
      read: 'memory-read',
      absent: 'memory-absent',
      kernel: 'kernel-logs',
    },
  };
}
