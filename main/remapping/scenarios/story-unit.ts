import type { PciAddress } from '../../machine/address.ts';
import { addressParts } from '../../machine/address.ts';
import { quadOf } from '../core/quad.ts';
import { requesterOf } from '../core/requester.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import { VtdDriver } from '../platform/vtd-driver.ts';
import type { Domain } from '../platform/vtd-driver.ts';
import type { Trace } from '../trace.ts';
import { decodeCapabilities } from '../vtd/capabilities.ts';
import { VtdUnit } from '../vtd/unit.ts';
import type { CacheSizes } from '../vtd/unit.ts';

/** The path of a requester to the memory, as far as a scenario needs it. */
export interface StoryPath {
  readonly device: PciAddress;
  /** nearest port first, with what its ACS says; empty for a device on the root bus */
  readonly ports: Trace['path']['ports'];
}

/** CAP and ECAP of the simulated unit: the values of QEMU 11.1.3's intel-iommu, 48 bits, legacy mode (measured). */
export const storyCapability = 0x80d2008c222f0606n;
export const storyExtendedCapability = 0xf00f4an;

const gibibyte = 2 ** 30;
/** Host memory: 64 GiB; tables at 4 GiB, guest memory at 8 GiB. All of it sparse. */
const hostMemory = 64 * gibibyte;
const tableBase = 4 * gibibyte;
const guestBase = 8 * gibibyte;

/**
 * Guest memory of the story's virtual machine, laid out as QEMU's q35 does: 2 GiB below the PCI hole, the rest from
 * 4 GiB on.
 */
export const guestMemory = [
  { guest: 0, host: guestBase, bytes: 2 * gibibyte },
  { guest: 4 * gibibyte, host: guestBase + 2 * gibibyte, bytes: 5.75 * gibibyte },
] as const;

/** 2 MiB of it are mapped in 4 KiB pages, so that a walk there visits all four levels. */
export const smallPages = { guest: 0x1_4a60_0000, bytes: 2 * 2 ** 20 } as const;

/** Vectors that Linux gives to devices start above 20h; this is one of them. */
export const storyVector = 0x41;
export const storyProcessor = 5;
export const storyInterruptIndex = 7;
export interface StoryUnit {
  readonly unit: VtdUnit;
  readonly driver: VtdDriver;
  readonly domain: Domain;
  readonly requester: number;
  readonly segment: number;
}

/**
 * A unit with the device in a domain of its own: four levels, the guest's memory mapped in 2 MiB pages but for
 * `smallPages`, one interrupt routed to a processor with the device as its only allowed source.
 */
export function buildStoryUnit(device: PciAddress, caches: CacheSizes): StoryUnit {
  const capabilities = decodeCapabilities(quadOf(storyCapability), quadOf(storyExtendedCapability), null);
  const unit = new VtdUnit(capabilities, new PhysicalMemory(hostMemory), caches);
  const driver = new VtdDriver(unit, tableBase);
  const requester = requesterOf(device);
  const domain = driver.createDomain(4);
  for (const { guest, host, bytes } of guestMemory)
    for (const part of partsAround(guest, bytes))
      driver.map(domain, {
        iova: part.from,
        physical: host + part.from - guest,
        bytes: part.to - part.from,
        read: true,
        write: true,
        largestLevel: part.small ? 1 : 2,
      });
  driver.attach(requester, domain);
  driver.route({ index: storyInterruptIndex, vector: storyVector, destination: storyProcessor, source: requester });
  return { unit, driver, domain, requester, segment: addressParts(device).domain };
}

/** A range cut at the edges of `smallPages`. */
function partsAround(guest: number, bytes: number): { from: number; to: number; small: boolean }[] {
  const end = guest + bytes;
  const from = Math.min(Math.max(smallPages.guest, guest), end);
  const to = Math.min(Math.max(smallPages.guest + smallPages.bytes, guest), end);
  return [
    { from: guest, to: from, small: false },
    { from, to, small: true },
    { from: to, to: end, small: false },
  ].filter((part) => part.to > part.from);
}
