import * as v from 'valibot';
import { addressShape } from '../machine/address.ts';

/** Why members are in one group; the rules are the kernel's (drivers/iommu/iommu.c pci_device_group). */
export const joinRules = ['no-acs', 'acs-bits', 'multifunction', 'alias', 'pci-bridge', 'quirk', 'vmd'] as const;

/** What `groups --json` prints. */
export const groupsShape = v.object({
  source: v.picklist(['read', 'predicted']),
  groups: v.array(
    v.object({
      id: v.number(),
      devices: v.array(addressShape),
      joinedBy: v.array(
        v.object({
          rule: v.picklist(joinRules),
          port: v.nullable(addressShape),
          missing: v.optional(v.array(v.picklist(['SV', 'RR', 'CR', 'UF']))),
        }),
      ),
    }),
  ),
  /** what had to be taken for granted */
  assumed: v.optional(v.array(v.string())),
});
export type Groups = v.InferOutput<typeof groupsShape>;
