import { parseAddress, type PciAddress } from '../address.ts';

const address = '((?:[0-9a-f]{4,8}:)[0-9a-f]{2}:[01][0-9a-f]\\.[0-7])';
/** drivers/iommu/iommu.c iommu_group_add_device: since 5.3 `pci 0000:01:00.0: Adding to iommu group 1`, before `iommu: Adding device 0000:01:00.0 to group 1`. */
const added = new RegExp(`${address}: Adding to iommu group (\\d{1,6})\\b`);
const addedBefore = new RegExp(`Adding device ${address} to group (\\d{1,6})\\b`);
const removed = new RegExp(`${address}: Removing from iommu group (\\d{1,6})\\b`);
const removedBefore = new RegExp(`Removing device ${address} from group (\\d{1,6})\\b`);

export interface GroupChange {
  readonly device: PciAddress;
  readonly group: number;
  readonly joins: boolean;
}

/** What a message says about a device's group; null when it says nothing. */
export function groupChange(message: string): GroupChange | null {
  if (!message.includes('group')) return null;
  const joins = added.exec(message) ?? addedBefore.exec(message);
  const match = joins ?? removed.exec(message) ?? removedBefore.exec(message);
  const device = match?.[1] === undefined ? null : parseAddress(match[1]);
  return device && match?.[2] !== undefined ? { device, group: parseInt(match[2], 10), joins: joins !== null } : null;
}
