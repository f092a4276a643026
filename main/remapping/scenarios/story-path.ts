import type { PciAddress } from '../../machine/address.ts';
import type { Trace } from '../trace.ts';

export type BitState = 'on' | 'off' | 'unknown';
export type Vendor = Trace['path']['unit']['vendor'];

/** A port or bridge above the device: what its ACS control says, and which buses are below it. */
export interface PortAbove {
  readonly address: PciAddress;
  readonly sourceValidation: BitState;
  readonly requestRedirect?: BitState;
  readonly translationBlocking?: BitState;
  /** null or absent: not told, then only the device’s own bus counts as below */
  readonly buses?: { readonly first: number; readonly last: number } | null;
}

/** Another device with memory of its own, and where a request for it could leave the way to the unit. */
export interface Peer {
  readonly address: PciAddress;
  /** byte address of a memory base address register */
  readonly memory: number;
  /** the port, or the device itself, that sends such a request up or across */
  readonly fork: PciAddress;
  readonly redirect: BitState;
}

/**
 * The path of a requester to the memory, as far as scenarios need it. What a machine does not have is null or absent: then a
 * scenario that needs it is played with a stand-in (stand-ins.ts), and its verdict says that it is not here.
 */
export interface StoryPath {
  readonly device: PciAddress;
  /** nearest first; empty for a device on the root bus */
  readonly ports: readonly PortAbove[];
  readonly peer?: Peer | null;
  /** a device on another bus, whose name could be used */
  readonly otherDevice?: PciAddress | null;
  /** the bridge that puts its own requester id in the device’s place, and a neighbour behind it */
  readonly bridge?: {
    readonly address: PciAddress;
    readonly requester: PciAddress;
    readonly neighbour: PciAddress;
  } | null;
  /** memory that the firmware wants mapped for the device: byte addresses, the last one included */
  readonly reserved?: { readonly first: number; readonly last: number } | null;
  /** the device has an ATS capability, or may have one that the source does not show */
  readonly canCache?: boolean;
}
