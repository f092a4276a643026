import type { PciAddress } from '../address.ts';
import type { Group } from '../machine.ts';
import type { PredictedGroup } from './predict-groups.ts';

/** The kernel's groups beside the predicted ones. */
export interface ReadComparison {
  /** by the number of a read group: the predicted groups that share a member with it */
  readonly sharing: ReadonlyMap<number, readonly PredictedGroup[]>;
  /** read groups that the prediction makes differently; what the kernel grouped nowhere does not count */
  readonly different: readonly number[];
}

export function compareRead(read: readonly Group[], predicted: readonly PredictedGroup[]): ReadComparison {
  const home = new Map<PciAddress, PredictedGroup>();
  for (const group of predicted) for (const device of group.devices) home.set(device, group);
  const grouped = new Set(read.flatMap(({ devices }) => devices));
  const sharing = new Map<number, PredictedGroup[]>();
  const different: number[] = [];
  for (const { id, devices } of read) {
    const groups = [...new Set(devices.flatMap((device) => home.get(device) ?? []))];
    sharing.set(id, groups);
    const [only] = groups;
    const members = only?.devices.filter((device) => grouped.has(device)) ?? [];
    // Members that the source does not describe cannot be predicted.
    const described = devices.filter((device) => home.has(device));
    if (groups.length > 1 || (groups.length === 1 && members.length !== described.length)) different.push(id);
  }
  return { sharing, different };
}
