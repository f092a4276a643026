import type { DecisionCode } from '../trace-codes.ts';
import type { FieldRow } from './entry-fields.ts';

/** The fields of each AMD-Vi structure, in bit order (Linux drivers/iommu/amd/amd_iommu_types.h). */
export const amdLayouts = {
  device: [
    ['V', 0, 0, 'flag'],
    ['TV', 1, 1, 'flag'],
    ['HAD', 8, 7, 'number'],
    ['Mode', 11, 9, 'levels-exact'],
    ['Root', 51, 12, 'address'],
    ['GV', 55, 55, 'flag'],
    ['IR', 61, 61, 'flag'],
    ['IW', 62, 62, 'flag'],
    ['DomainID', 79, 64, 'domain'],
    ['I', 96, 96, 'flag'],
    ['EX', 103, 103, 'flag'],
    ['IV', 128, 128, 'flag'],
    ['IntTabLen', 132, 129, 'power'],
    ['IntRoot', 179, 134, 'address'],
    ['IntCtl', 189, 188, 'interrupt-control'],
  ],
  amdTable: [
    ['PR', 0, 0, 'flag'],
    ['A', 5, 5, 'flag'],
    ['NextLevel', 11, 9, 'next-level'],
    ['ADDR', 51, 12, 'address'],
    ['reserved', 60, 52, 'reserved'],
    ['IR', 61, 61, 'flag'],
    ['IW', 62, 62, 'flag'],
  ],
  amdLeaf: [
    ['PR', 0, 0, 'flag'],
    ['A', 5, 5, 'flag'],
    ['D', 6, 6, 'flag'],
    ['NextLevel', 11, 9, 'next-level'],
    ['ADDR', 51, 12, 'address'],
    ['reserved', 58, 52, 'reserved'],
    ['FC', 60, 60, 'flag'],
    ['IR', 61, 61, 'flag'],
    ['IW', 62, 62, 'flag'],
  ],
  guestSpace: [
    ['V', 0, 0, 'flag'],
    ['ADDR', 51, 12, 'address'],
  ],
  amdInterrupt: [
    ['RemapEn', 0, 0, 'flag'],
    ['SupIOPF', 1, 1, 'flag'],
    ['IntType', 4, 2, 'delivery-mode'],
    ['RqEoi', 5, 5, 'flag'],
    ['DM', 6, 6, 'flag'],
    ['GuestMode', 7, 7, 'flag'],
    ['Dest', 31, 8, 'destination'],
    ['GATag', 63, 32, 'number'],
    ['Vector', 71, 64, 'vector'],
  ],
  amdInterruptNarrow: [
    ['RemapEn', 0, 0, 'flag'],
    ['SupIOPF', 1, 1, 'flag'],
    ['IntType', 4, 2, 'delivery-mode'],
    ['RqEoi', 5, 5, 'flag'],
    ['DM', 6, 6, 'flag'],
    ['GuestMode', 7, 7, 'flag'],
    ['Dest', 15, 8, 'destination'],
    ['Vector', 23, 16, 'vector'],
  ],
} as const satisfies Record<string, readonly FieldRow[]>;

/** Names of the fields that decide. */
export const amdDecisive: Partial<Record<DecisionCode, readonly string[]>> = {
  'amd-device-entry-not-valid': ['V'],
  'amd-device-entry-malformed': ['HAD'],
  'amd-device-entry-wrong-levels': ['Mode'],
  'amd-device-entry-passes': ['V', 'TV', 'Mode', 'IR', 'IW'],
  'amd-device-entry-translates': ['V', 'TV', 'Mode', 'Root', 'DomainID'],
  'amd-device-entry-interrupts': ['IV', 'IntTabLen', 'IntRoot', 'IntCtl'],
  'amd-paging-leads-down': ['PR', 'NextLevel', 'ADDR'],
  'amd-paging-skips-levels': ['PR', 'NextLevel', 'ADDR'],
  'amd-paging-is-leaf': ['PR', 'NextLevel', 'ADDR', 'IR', 'IW'],
  'amd-paging-not-present': ['PR'],
  'amd-paging-reserved': ['reserved'],
  'amd-paging-forbidden': ['IR', 'IW'],
  'amd-paging-wrong-size': ['NextLevel', 'ADDR'],
  'amd-paging-wrong-level': ['NextLevel'],
  'amd-paging-skipped-bits': ['NextLevel'],
  'amd-guest-space-found': ['V', 'ADDR'],
  'amd-guest-space-absent': ['V'],
  'amd-guest-leads-down': ['P', 'R/W', 'U/S', 'ADDR'],
  'amd-guest-is-leaf': ['P', 'R/W', 'U/S', 'PS', 'ADDR'],
  'amd-guest-not-present': ['P'],
  'amd-guest-forbidden': ['R/W', 'U/S', 'XD'],
  'amd-interrupt-entry-remaps': ['RemapEn', 'Vector', 'Dest'],
  'amd-interrupt-entry-remaps-narrow': ['RemapEn', 'Vector', 'Dest'],
  'amd-interrupt-entry-off': ['RemapEn'],
  'amd-interrupt-entry-malformed': ['IntType', 'GuestMode'],
};

/** Which layout an entry of this decision has; null where it is none of AMD-Vi's. */
export function amdLayoutOf(code: DecisionCode) {
  if (code === 'amd-paging-is-leaf') return 'amdLeaf' as const;
  if (code.startsWith('amd-paging-')) return 'amdTable' as const;
  if (code === 'amd-guest-is-leaf') return 'firstLeaf' as const;
  if (code.startsWith('amd-guest-space-')) return 'guestSpace' as const;
  if (code.startsWith('amd-guest-')) return 'firstTable' as const;
  if (code.startsWith('amd-device-entry-')) return 'device' as const;
  if (code === 'amd-interrupt-entry-remaps-narrow') return 'amdInterruptNarrow' as const;
  return code.startsWith('amd-interrupt-entry-') ? ('amdInterrupt' as const) : null;
}
