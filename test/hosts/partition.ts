/** Groups without their numbers, which change from boot to boot. */
export type Partition = string[][];

export const partition = (groups: readonly { readonly devices: readonly string[] }[]): Partition =>
  groups
    .map(({ devices }) => [...devices].sort())
    .filter((devices) => devices.length > 0)
    .sort((a, b) => (a[0] ?? '').localeCompare(b[0] ?? ''));

/** A partition of the same functions as another one has: what that one grouped nowhere is left out. */
export function among(groups: Partition, other: Partition): Partition {
  const known = new Set(other.flat());
  return partition(groups.map((devices) => ({ devices: devices.filter((each) => known.has(each)) })));
}

export function byNumber(pairs: Iterable<readonly [device: string, group: number]>): Partition {
  const groups = new Map<number, string[]>();
  for (const [device, group] of pairs) groups.set(group, [...(groups.get(group) ?? []), device]);
  return partition([...groups.values()].map((devices) => ({ devices })));
}
