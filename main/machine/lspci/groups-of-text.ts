import { compareAddresses, type PciAddress } from '../address.ts';
import { known, unknown, type Fact } from '../fact.ts';
import type { Group } from '../machine.ts';

type Membership = ReadonlyMap<PciAddress, number>;

export interface GroupTelling {
  /** `IOMMU group: 5`, `group listing`, `kernel log` */
  readonly where: string;
  readonly membership: Membership;
}

/**
 * The kernel's groups from all places of a text that tell them. Numbers change from boot to boot, so tellings are only
 * put together where they agree on every device that they share; one that contradicts the fullest is left out.
 */
export function groupsOfText(tellings: readonly GroupTelling[]): Fact<Group[]> {
  const [fullest, ...others] = tellings
    .filter(({ membership }) => membership.size > 0)
    .sort((a, b) => b.membership.size - a.membership.size);
  if (!fullest) return unknown('fuller-source', 'IOMMU group');
  const all = new Map(fullest.membership);
  const used = [fullest.where];
  for (const { where, membership } of others) {
    const agrees = [...membership].every(([device, group]) => (all.get(device) ?? group) === group);
    const shares = [...membership.keys()].some((device) => all.has(device));
    if (!agrees || !shares) continue;
    for (const [device, group] of membership) all.set(device, group);
    used.push(where);
  }
  return known(groupsFrom(all), 'measured', used.join(', '));
}

function groupsFrom(membership: Membership): Group[] {
  const byNumber = new Map<number, PciAddress[]>();
  for (const [device, group] of membership) {
    const devices = byNumber.get(group);
    if (devices) devices.push(device);
    else byNumber.set(group, [device]);
  }
  return [...byNumber]
    .sort(([a], [b]) => a - b)
    .map(([id, devices]) => ({ id, devices: devices.sort(compareAddresses), type: null, reserved: [] }));
}
