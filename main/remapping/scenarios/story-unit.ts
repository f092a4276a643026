import type { PciAddress } from '../../machine/address.ts';
import { addressParts } from '../../machine/address.ts';
import { noPasid } from '../access.ts';
import { addressOf, requesterOf } from '../core/requester.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Configuration } from '../scenario-shape.ts';
import type { DecisionCode } from '../trace-codes.ts';
import type { Trace } from '../trace.ts';
import type { Watch } from '../watch.ts';
import { buildAmdSide } from './amd-side.ts';
import { guestParts, oldFormatMessage, storyInterruptIndex, foreignInterruptIndex } from './story-layout.ts';
import type { GuestPart } from './story-layout.ts';
import type { Vendor } from './story-path.ts';
import { buildVtdSide } from './vtd-side.ts';

/** An MSI message. */
export interface Message {
  readonly address: number;
  readonly data: number;
}

/** An address space that devices are attached to: either driver’s domain. */
export interface Space {
  readonly id: number;
  readonly levels: number;
  readonly topTable: number;
}

/** What both units are to a scenario. */
interface Unit {
  readonly memory: PhysicalMemory;
  watch: Watch | null;
  translate(source: number, pasid: number, hi: number, lo: number, bits: number): number;
  interrupt(source: number, addressHi: number, addressLo: number, data: number): number;
  readonly dma: { readonly outHi: number; readonly outLo: number; readonly recorded: boolean; readonly hits: number };
  readonly interrupts: {
    readonly recorded: boolean;
    readonly delivered: { readonly vector: number; readonly destination: number } | null;
  };
}

/** What differs by vendor: the unit, its driver, and what its steps outside the engine are called. */
export interface VendorSide {
  readonly unit: Unit;
  /** a field, so that a snapshot (record/snapshot.ts) finds its books */
  readonly driver: object;
  readonly described: Trace['path']['unit'];
  tables(requester: number): Trace['tables'];
  /** bytes of the page that the last request went to */
  pageSize(): number;
  /** table entries that walks have read so far */
  tableReads(): number;
  /** pages in the cache */
  cached(): number;
  createSpace(): Space;
  map(space: Space, part: GuestPart, rights: { readonly read: boolean; readonly write: boolean }): void;
  unmap(space: Space, iova: number, lazy: boolean): void;
  flushAll(space: Space): void;
  attach(requester: number, space: Space, deviceCache: boolean): void;
  move(requester: number, from: Space, to: Space): void;
  /** Lets a requester use memory addresses as they are. */
  pass(requester: number): void;
  detach(requester: number, space: Space): void;
  /** The device’s own interrupt, and one that belongs to the function next door. */
  routeInterrupts(requester: number): void;
  messageFor(index: number): Message;
  translationOff(): void;
  interruptRemappingOff(): void;
  acknowledge(reason: number, source: PciAddress, driver: string | null): readonly string[];
  readonly says: Readonly<Record<'memory' | 'interrupt' | 'written' | 'read' | 'absent' | 'kernel', DecisionCode>>;
}

export const storyConfiguration: Configuration = {
  translation: 'on',
  interruptRemapping: 'on',
  invalidation: 'strict',
  pages: 'small',
  deviceCache: 'off',
  acs: 'as-is',
};

/**
 * A unit with the device in the guest's address space, as a scenario sees it: the same for both vendors, so that no
 * scenario asks which one it is.
 */
export class StoryUnit {
  readonly side: VendorSide;
  readonly guest: Space;
  readonly configuration: Configuration;
  readonly requester: number;
  readonly segment: number;
  /** the last refusal, of DMA or of an interrupt, was written down */
  recorded = false;

  /** `requester`: who the unit hears: the device, or the bridge that speaks for it. */
  constructor(side: VendorSide, requester: PciAddress, configuration: Configuration) {
    this.side = side;
    this.configuration = configuration;
    this.requester = requesterOf(requester);
    this.segment = addressParts(requester).domain;
    this.guest = side.createSpace();
    for (const part of guestParts(configuration.pages)) side.map(this.guest, part, { read: true, write: true });
    this.attach(this.requester, this.guest);
    if (configuration.interruptRemapping === 'on') side.routeInterrupts(this.requester);
    else side.interruptRemappingOff();
    if (configuration.translation === 'off') side.translationOff();
  }

  /** The function with a requester id, in the unit's segment. */
  addressOf(requester: number): PciAddress {
    return addressOf(this.segment, requester);
  }

  get memory(): PhysicalMemory {
    return this.side.unit.memory;
  }
  get described(): Trace['path']['unit'] {
    return this.side.described;
  }
  get tables(): Trace['tables'] {
    return this.side.tables(this.requester);
  }

  /** `watch` follows every transaction from now on. */
  follow(watch: Watch | null): void {
    this.side.unit.watch = watch;
  }

  /** With iommu=pt every device of the host’s is passed through, whatever space it is meant for. */
  attach(requester: number, space: Space): void {
    if (this.configuration.translation === 'passthrough') this.side.pass(requester);
    else this.side.attach(requester, space, this.configuration.deviceCache === 'on');
  }

  move(requester: number, from: Space, to: Space): void {
    if (this.configuration.translation !== 'passthrough') this.side.move(requester, from, to);
  }

  /** A DMA request; answers a fault reason or an event code, 0 where it passes. */
  translate(hi: number, lo: number, bits: number, source = this.requester): number {
    const { unit } = this.side;
    const reason = unit.translate(source, noPasid, hi, lo, bits);
    this.recorded = unit.dma.recorded;
    return reason;
  }

  /** where the last request that passed went */
  get outHi(): number {
    return this.side.unit.dma.outHi;
  }
  get outLo(): number {
    return this.side.unit.dma.outLo;
  }
  get pageSize(): number {
    return this.side.pageSize();
  }

  /** An interrupt of the device; answers as `translate`. */
  interrupt({ address, data }: Message): number {
    const { unit } = this.side;
    const reason = unit.interrupt(this.requester, 0, address | 0, data);
    this.recorded = unit.interrupts.recorded;
    return reason;
  }
  get delivered(): { readonly vector: number; readonly destination: number } | null {
    return this.side.unit.interrupts.delivered;
  }

  get tableReads(): number {
    return this.side.tableReads();
  }
  /** cached pages found so far */
  get hits(): number {
    return this.side.unit.dma.hits;
  }
  get cached(): number {
    return this.side.cached();
  }

  /** Without remapping the kernel gives devices messages that say vector and processor themselves. */
  get ownMessage(): Message {
    return this.configuration.interruptRemapping === 'on'
      ? this.side.messageFor(storyInterruptIndex)
      : oldFormatMessage;
  }
  get foreignMessage(): Message {
    return this.side.messageFor(foreignInterruptIndex);
  }

  /** Takes 4 KiB of guest memory out of the space, and puts it back. Byte addresses. */
  unmap(iova: number): void {
    this.side.unmap(this.guest, iova, false);
  }
  map(iova: number, physical: number): void {
    this.side.map(this.guest, { iova, physical, bytes: 4096, small: true }, { read: true, write: true });
  }

  /** What the kernel does with a recorded fault, and prints; `driver`: of the function that is named, null where none is. */
  acknowledge(reason: number, source: PciAddress, driver: string | null = 'vfio-pci'): readonly string[] {
    return this.side.acknowledge(reason, source, driver);
  }
}

export const buildStoryUnit = (
  vendor: Vendor,
  requester: PciAddress,
  configuration: Configuration = storyConfiguration,
): StoryUnit => {
  const build = vendor === 'amd' ? buildAmdSide : buildVtdSide;
  return new StoryUnit(build(configuration.deviceCache === 'on'), requester, configuration);
};
