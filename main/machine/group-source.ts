import type { Machine } from './machine.ts';

/** Where groups are read from, in the words of the evidence. */
export const groupSource = {
  folders: '/sys/kernel/iommu_groups',
  links: 'iommu_group links',
  records: 'IOMMU group in lspci',
  log: 'kernel log',
  listing: 'group listing',
} as const;

/**
 * Whether a function that no group names is in none. A log may have lost its beginning, and a listing may be a part of one,
 * so there such a function is only not known about. Of several sources the fullest stands first in `where`.
 */
export const namesEveryMember = ({ groups }: Machine): boolean =>
  groups.known && !groups.where.startsWith(groupSource.log) && !groups.where.startsWith(groupSource.listing);
