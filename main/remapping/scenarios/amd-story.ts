import type { PciAddress } from '../../machine/address.ts';
import { addressParts } from '../../machine/address.ts';
import { noPasid } from '../access.ts';
import { decodeFeatures } from '../amdvi/features.ts';
import { AmdUnit } from '../amdvi/unit.ts';
import { quadOf } from '../core/quad.ts';
import { requesterOf } from '../core/requester.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import { AmdDriver } from '../platform/amd-driver.ts';
import { acknowledgeEvents } from './acknowledge-events.ts';
import {
  cachedEntries,
  cachedPages,
  foreignInterruptIndex,
  guestParts,
  hex,
  hostMemory,
  storyInterruptIndex,
  storyProcessor,
  storyVector,
  tableBase,
} from './story-layout.ts';
import type { StoryUnit } from './story-unit.ts';

/** EFR of the simulated unit: the value of QEMU 11.1.3's amd-iommu (measured). */
const features = 0x29d3n;
const caches = {
  pageEntries: cachedPages,
  pageWays: cachedPages,
  deviceEntries: cachedEntries,
  interruptEntries: cachedEntries,
};
/** Address bits inside the largest page that the story maps: 2 MiB. */
const largestBits = 21;

/**
 * An AMD-Vi unit: three levels, as Linux begins with, the guest's memory mapped in 2 MiB pages but for `smallPages`, and an
 * interrupt table of the device's own with one entry in use.
 */
export function buildAmdStory(device: PciAddress): StoryUnit {
  const unit = new AmdUnit(decodeFeatures(quadOf(features), quadOf(0n)), new PhysicalMemory(hostMemory), caches);
  const driver = new AmdDriver(unit, tableBase);
  const requester = requesterOf(device);
  const domain = driver.createDomain();
  const rights = { read: true, write: true };
  for (const { iova, physical, bytes, small } of guestParts())
    driver.map(domain, { ...rights, iova, physical, bytes, largestBits: small ? 12 : largestBits });
  driver.attach(requester, domain);
  driver.route(requester, storyInterruptIndex, storyVector, storyProcessor);
  let recorded = false;
  return {
    memory: unit.memory,
    described: {
      vendor: 'amd',
      capability: `0x${features.toString(16)}`,
      extendedCapability: '0x0',
      iotlbEntries: caches.pageEntries,
    },
    tables: {
      rootTable: null,
      contextTable: null,
      deviceTable: hex(driver.deviceTable),
      pagingTables: driver.tablePages.map(({ level, address }) => ({ level, address: hex(address) })),
      interruptTable: hex(driver.interruptTableOf(requester)),
      interruptEntries: driver.interruptEntries,
    },
    requester,
    segment: addressParts(device).domain,
    follow: (watch) => (unit.watch = watch),
    translate: (hi, lo, bits) => {
      const code = unit.translate(requester, noPasid, hi, lo, bits);
      recorded = unit.dma.recorded;
      return code;
    },
    get outHi() {
      return unit.dma.outHi;
    },
    get outLo() {
      return unit.dma.outLo;
    },
    get pageSize() {
      return 2 ** unit.dma.outBits;
    },
    get recorded() {
      return recorded;
    },
    interrupt: ({ address, data }) => {
      const code = unit.interrupt(requester, 0, address | 0, data);
      recorded = unit.interrupts.recorded;
      return code;
    },
    get delivered() {
      return unit.interrupts.delivered;
    },
    get tableReads() {
      return unit.hostWalk.reads;
    },
    get hits() {
      return unit.dma.hits;
    },
    get cached() {
      return unit.pages.used;
    },
    ownMessage: driver.messageFor(storyInterruptIndex),
    foreignMessage: driver.messageFor(foreignInterruptIndex),
    unmap: (iova) => {
      driver.unmap(domain, iova, 4096);
    },
    map: (iova, physical) => {
      driver.map(domain, { ...rights, iova, physical, bytes: 4096, largestBits: 12 });
    },
    acknowledge: () => acknowledgeEvents(unit, device),
    says: {
      memory: 'amd-address-is-memory',
      interrupt: 'amd-address-is-interrupt',
      written: 'amd-memory-written',
      kernel: 'amd-kernel-logs',
    },
  };
}
