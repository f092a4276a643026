import type { PciAddress } from '../../machine/address.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { DecisionCode } from '../trace-codes.ts';
import type { Trace } from '../trace.ts';
import type { Watch } from '../watch.ts';
import { buildAmdStory } from './amd-story.ts';
import { buildVtdStory } from './vtd-story.ts';

/** The path of a requester to the memory, as far as a scenario needs it. */
export interface StoryPath {
  readonly device: PciAddress;
  /** nearest port first, with what its ACS says; empty for a device on the root bus */
  readonly ports: Trace['path']['ports'];
}

export type Vendor = Trace['path']['unit']['vendor'];

/** An MSI message. */
export interface Message {
  readonly address: number;
  readonly data: number;
}

/**
 * A unit with the device in a domain of its own, as a scenario sees it: the same for both vendors, so that no scenario asks
 * which one it is.
 */
export interface StoryUnit {
  readonly memory: PhysicalMemory;
  readonly described: Trace['path']['unit'];
  readonly tables: Trace['tables'];
  readonly requester: number;
  readonly segment: number;
  /** who follows every transaction from now on */
  follow(watch: Watch): void;
  /** A DMA request of the device; answers a fault reason or an event code, 0 where it passes. */
  translate(hi: number, lo: number, bits: number): number;
  /** where the last request that passed went */
  readonly outHi: number;
  readonly outLo: number;
  readonly pageSize: number;
  /** the last refusal, of DMA or of an interrupt, was written down */
  readonly recorded: boolean;
  /** An interrupt of the device; answers as `translate`. */
  interrupt(message: Message): number;
  readonly delivered: { readonly vector: number; readonly destination: number } | null;
  /** table entries that walks have read so far, cached pages found so far, and pages in the cache */
  readonly tableReads: number;
  readonly hits: number;
  readonly cached: number;
  /** the device's own interrupt, and one that is not its own */
  readonly ownMessage: Message;
  readonly foreignMessage: Message;
  /** Takes 4 KiB of guest memory out of the domain, and puts it back. Byte addresses. */
  unmap(iova: number): void;
  map(iova: number, physical: number): void;
  /** What the kernel does with a recorded fault, and prints. */
  acknowledge(reason: number): readonly string[];
  /** what this vendor's steps outside the engine are called */
  readonly says: Readonly<Record<'memory' | 'interrupt' | 'written' | 'kernel', DecisionCode>>;
}

export const buildStoryUnit = (vendor: Vendor, device: PciAddress): StoryUnit =>
  vendor === 'amd' ? buildAmdStory(device) : buildVtdStory(device);
