import { slotOf } from '../machine/address.ts';
import type { Given } from '../passthrough/plan.ts';

const pattern = /^([0-9a-f]{4,8}):([0-9a-f]{2})((?:\/[01][0-9a-f]\.[0-7])+)$/;

/** A function's way from its root bus: `0000:00` and `['01.1', '00.0']`; null where the plan's text is no such path. */
export function placeOf({ path }: Given): { root: string; hops: string[] } | null {
  const match = pattern.exec(path);
  if (match === null) return null;
  const [, domain = '', bus = '', hops = ''] = match;
  return { root: `${domain}:${bus}`, hops: hops.slice(1).split('/') };
}

/**
 * Where sysfs has a function, as patterns that hold when buses are numbered anew: each hop by device and function
 * number only. A domain beyond ffff hangs below the controller that made it (Intel VMD, drivers/pci/controller/vmd.c).
 */
export function sysfsPatterns(given: Given): string[] {
  const place = placeOf(given);
  if (place === null) return [`/sys/bus/pci/devices/${given.address}`];
  const below = place.hops.map((hop) => `/*:${hop}`).join('');
  const roots = [`/sys/devices/pci${place.root}`];
  if (place.root.length > '0000:00'.length) roots.push(`/sys/devices/*/*/pci${place.root}`);
  return roots.map((root) => root + below);
}

/** Functions that sit in one slot of a card, by slot, in the order of the plan; what sits on a root bus or is virtual stands alone. */
export function bySlot(given: readonly Given[]): Given[][] {
  const slots = new Map<string, Given[]>();
  for (const function_ of given) {
    const onRootBus = (placeOf(function_)?.hops.length ?? 1) < 2;
    const key = onRootBus || function_.virtual ? function_.address : slotOf(function_.address);
    slots.set(key, [...(slots.get(key) ?? []), function_]);
  }
  return [...slots.values()];
}
