import { decodeFeatures } from '../amdvi/features.ts';
import { AmdUnit } from '../amdvi/unit.ts';
import { quadOf } from '../core/quad.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import { AmdDriver } from '../platform/amd-driver.ts';
import { acknowledgeEvents } from './acknowledge-events.ts';
import {
  cachedEntries,
  cachedPages,
  hex,
  hostMemory,
  storyInterruptIndex,
  storyProcessor,
  storyVector,
  tableBase,
  wholeSpace,
} from './story-layout.ts';
import type { VendorSide } from './story-unit.ts';

/** EFR of the simulated unit: the value of QEMU 11.1.3's amd-iommu (measured). */
const features = 0x29d3n;
const caches = {
  pageEntries: cachedPages,
  pageWays: cachedPages,
  deviceEntries: cachedEntries,
  interruptEntries: cachedEntries,
};
/** Address bits inside the largest page that a scenario maps: 2 MiB. */
const largestBits = 21;

/**
 * An AMD-Vi unit: three levels, as Linux begins with, and an interrupt table of each device's own. Without remapping there
 * is no such table, and the device table entry lets messages pass.
 */
export function buildAmdSide(): VendorSide {
  const unit = new AmdUnit(
    decodeFeatures(quadOf(features), quadOf(0n)),
    new PhysicalMemory(hostMemory, tableBase),
    caches,
  );
  const driver = new AmdDriver(unit, tableBase);
  return {
    unit,
    driver,
    described: {
      vendor: 'amd',
      capability: `0x${features.toString(16)}`,
      extendedCapability: '0x0',
      iotlbEntries: caches.pageEntries,
    },
    tables: (requester) => ({
      rootTable: null,
      contextTable: null,
      deviceTable: hex(driver.deviceTable),
      pagingTables: driver.tablePages.map(({ level, address }) => ({ level, address: hex(address) })),
      interruptTable: hex(driver.hasInterruptTable(requester) ? driver.interruptTableOf(requester) : 0),
      interruptEntries: driver.interruptEntries,
    }),
    pageSize: () => 2 ** unit.dma.outBits,
    tableReads: () => unit.hostWalk.reads,
    cached: () => unit.pages.used,
    createSpace: () => driver.createDomain(),
    map: (space, { iova, physical, bytes, small }, rights) =>
      driver.map(space, { ...rights, iova, physical, bytes, largestBits: small ? 12 : largestBits }),
    unmap: (space, iova, lazy) => driver.unmap(space, iova, 4096, lazy),
    flushAll: (space) => driver.flush(space, 0, wholeSpace),
    attach: (requester, space, cache) => driver.attach(requester, space, cache),
    move: (requester, _from, to) => driver.attach(requester, to),
    pass: (requester) => driver.pass(requester),
    detach: (requester) => driver.detach(requester),
    routeInterrupts: (requester) => driver.route(requester, storyInterruptIndex, storyVector, storyProcessor),
    messageFor: (index) => driver.messageFor(index),
    translationOff: () => driver.turnOff(),
    // Nothing to switch: a device without a table of its own has IV=0.
    interruptRemappingOff: () => undefined,
    acknowledge: (_reason, source, name) => acknowledgeEvents(unit, source, name),
    says: {
      memory: 'amd-address-is-memory',
      interrupt: 'amd-address-is-interrupt',
      written: 'amd-memory-written',
      read: 'amd-memory-read',
      absent: 'amd-memory-absent',
      kernel: 'amd-kernel-logs',
    },
  };
}
