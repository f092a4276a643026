import type { PciAddress } from '../../machine/address.ts';
import { addressParts } from '../../machine/address.ts';
import { noPasid } from '../access.ts';
import { quadOf } from '../core/quad.ts';
import { requesterOf } from '../core/requester.ts';
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
  guestParts,
  hex,
  hostMemory,
  storyInterruptIndex,
  storyProcessor,
  storyVector,
  tableBase,
} from './story-layout.ts';
import type { StoryUnit } from './story-unit.ts';

/** CAP and ECAP of the simulated unit: the values of QEMU 11.1.3's intel-iommu, 48 bits, legacy mode (measured). */
const capability = 0x80d2008c222f0606n;
const extendedCapability = 0xf00f4an;
const caches = {
  iotlbEntries: cachedPages,
  iotlbWays: cachedPages,
  contextEntries: cachedEntries,
  interruptEntries: cachedEntries,
};

/**
 * A VT-d unit: four levels, the guest's memory mapped in 2 MiB pages but for `smallPages`, one interrupt routed to a
 * processor with the device as its only allowed source, and the next one for the function next door.
 */
export function buildVtdStory(device: PciAddress): StoryUnit {
  const capabilities = decodeCapabilities(quadOf(capability), quadOf(extendedCapability), null);
  const unit = new VtdUnit(capabilities, new PhysicalMemory(hostMemory), caches);
  const driver = new VtdDriver(unit, tableBase);
  const requester = requesterOf(device);
  const domain = driver.createDomain(4);
  const rights = { read: true, write: true };
  for (const { iova, physical, bytes, small } of guestParts())
    driver.map(domain, { ...rights, iova, physical, bytes, largestLevel: small ? 1 : 2 });
  driver.attach(requester, domain);
  driver.route({ index: storyInterruptIndex, vector: storyVector, destination: storyProcessor, source: requester });
  driver.route({ index: foreignInterruptIndex, vector: storyVector + 0x10, destination: 1, source: requester ^ 1 });
  let recorded = false;
  return {
    memory: unit.memory,
    described: {
      vendor: 'vtd',
      capability: `0x${capability.toString(16)}`,
      extendedCapability: `0x${extendedCapability.toString(16)}`,
      iotlbEntries: caches.iotlbEntries,
    },
    tables: {
      rootTable: hex(driver.rootTable),
      contextTable: hex(driver.contextTableOf(requester >>> 8)),
      deviceTable: null,
      pagingTables: driver.tablePages.map(({ level, address }) => ({ level, address: hex(address) })),
      interruptTable: hex(driver.interruptTable),
      interruptEntries: driver.interruptEntries,
    },
    requester,
    segment: addressParts(device).domain,
    follow: (watch) => (unit.watch = watch),
    translate: (hi, lo, bits) => {
      const reason = unit.translate(requester, noPasid, hi, lo, bits);
      recorded = unit.dma.recorded;
      return reason;
    },
    get outHi() {
      return unit.dma.outHi;
    },
    get outLo() {
      return unit.dma.outLo;
    },
    get pageSize() {
      return pageSizeAt(unit.dma.outLevel);
    },
    get recorded() {
      return recorded;
    },
    interrupt: ({ address, data }) => {
      const reason = unit.interrupt(requester, 0, address | 0, data);
      recorded = unit.interrupts.recorded;
      return reason;
    },
    get delivered() {
      return unit.interrupts.delivered;
    },
    get tableReads() {
      return unit.walk.reads;
    },
    get hits() {
      return unit.dma.hits;
    },
    get cached() {
      return unit.iotlb.used;
    },
    ownMessage: driver.messageFor(storyInterruptIndex),
    foreignMessage: driver.messageFor(foreignInterruptIndex),
    unmap: (iova) => {
      driver.unmap(domain, iova, 4096);
    },
    map: (iova, physical) => {
      driver.map(domain, { ...rights, iova, physical, bytes: 4096, largestLevel: 1 });
    },
    acknowledge: (reason) => acknowledgeFault(unit, device, reason),
    says: {
      memory: 'address-is-memory',
      interrupt: 'address-is-interrupt',
      written: 'memory-written',
      kernel: 'kernel-logs',
    },
  };
}
