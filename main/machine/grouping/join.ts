import type { PciAddress } from '../address.ts';
import type { RequiredBit } from './isolation.ts';

/** Where the rule stands that makes groups: the evidence of every predicted one. */
export const kernelRule = 'pci_device_group of drivers/iommu/iommu.c';

/** Why a device could not have a group of its own; the rules are steps of the kernel's. */
export const joinRules = ['no-acs', 'acs-bits', 'multifunction', 'alias', 'pci-bridge', 'quirk', 'vmd'] as const;
export type JoinRule = (typeof joinRules)[number];

export interface Join {
  readonly rule: JoinRule;
  /** who decides it: the port on the way up, the bridge, the other function; null where the source does not show it */
  readonly port: PciAddress | null;
  /** with `no-acs` and `acs-bits`: the required bits that are off */
  readonly missing?: readonly RequiredBit[];
}
