import { parseAddress, slotOf, type PciAddress } from '../address.ts';

/** Most devices that one line is believed to name. */
const most = 256;

/**
 * The functions that a configuration names as `0000:01:00.0`, `01:00.0`, or, by its slot alone, `0000:01:00` (then all
 * functions of it that are here, else function 0).
 */
export function namedDevices(text: string, here: readonly PciAddress[]): PciAddress[] {
  const found: PciAddress[] = [];
  for (const match of text.matchAll(
    /(?<![0-9a-f:.])((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f])(\.[0-7])?(?![0-9a-f:.])/gi,
  )) {
    const [, slot = '', fn] = match;
    const first = parseAddress(`${slot}${fn ?? '.0'}`);
    if (!first || found.length >= most) continue;
    const all = fn === undefined ? here.filter((address) => slotOf(address) === slotOf(first)) : [];
    found.push(...(all.length > 0 ? all : [first]));
  }
  return [...new Set(found)];
}
