import type { PciAddress } from '../address.ts';
import type { PortType } from '../pci-function.ts';

/** The ids that count for a quirk; `device` null where only the maker is known. */
export interface DeviceIdentity {
  readonly vendor: number;
  readonly device: number | null;
  readonly subsystemVendor: number | null;
  readonly subsystemDevice: number | null;
}

/** A function as the kernel's grouping sees it. */
export interface Device {
  readonly address: PciAddress;
  readonly domain: number;
  /** its own bus number, and device * 8 + function on it */
  readonly bus: number;
  readonly devfn: number;
  /** same text: same bus */
  readonly busKey: string;
  /** the bridge above; null on a root bus */
  readonly parent: Device | null;
  /** `conventional`: no PCI Express capability */
  readonly type: PortType | 'conventional';
  /** the type is not in the source and was guessed from the place in the tree */
  readonly typeGuessed: boolean;
  /** bits of the ACS capability; null: none */
  readonly acs: number | null;
  /** the source does not show whether there is one */
  readonly acsHidden: boolean;
  /** more than one where a name stands for several, none where nothing is known */
  readonly ids: readonly DeviceIdentity[];
  readonly multifunction: boolean;
  /** the physical function of a virtual one */
  readonly physical: PciAddress | null;
  /** leads to another bus */
  readonly bridge: boolean;
  readonly classCode: number;
}

export const rootOf = (device: Device): Device => {
  let at = device;
  while (at.parent) at = at.parent;
  return at;
};

/** The device itself and everything above it, lowest first. */
export function upstream(device: Device): Device[] {
  const chain: Device[] = [];
  for (let at: Device | null = device; at; at = at.parent) chain.push(at);
  return chain;
}
