import { rootOf, upstream, type Device, type DeviceIdentity } from './device.ts';

/**
 * Which devices a kernel parameter means (drivers/pci/pci.c pci_dev_str_match): an address with further hops
 * (`0000:00:02.0/00.0`), or ids where zero stands for any (`pci:8086:1901`).
 */
export type DeviceMatch =
  | {
      kind: 'path';
      domain: number;
      bus: number;
      /** device * 8 + function, from the address down */
      hops: readonly number[];
    }
  | {
      kind: 'ids';
      vendor: number;
      device: number;
      subsystemVendor: number;
      subsystemDevice: number;
    };

const path = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,2}):([01]?[0-9a-f])\.([0-7])((?:\/[01]?[0-9a-f]\.[0-7]){0,32})$/i;
const ids = /^pci:([0-9a-f]{1,4}):([0-9a-f]{1,4})(?::([0-9a-f]{1,4}):([0-9a-f]{1,4}))?$/i;
const hex = (text: string | undefined): number => parseInt(text ?? '0', 16);

/** Null where the kernel would not understand the text. */
export function readDeviceMatch(text: string): DeviceMatch | null {
  const byIds = ids.exec(text);
  if (byIds) {
    const [, vendor, device, subsystemVendor, subsystemDevice] = byIds;
    return {
      kind: 'ids',
      vendor: hex(vendor),
      device: hex(device),
      subsystemVendor: hex(subsystemVendor),
      subsystemDevice: hex(subsystemDevice),
    };
  }
  const byPath = path.exec(text);
  if (!byPath) return null;
  const [, domain, bus, device, fn, more] = byPath;
  const hops = (more ?? '').split('/').filter((hop) => hop !== '');
  return {
    kind: 'path',
    domain: hex(domain),
    bus: hex(bus),
    hops: [`${device ?? ''}.${fn ?? ''}`, ...hops].map((hop) => {
      const [slot, number] = hop.split('.');
      return hex(slot) * 8 + hex(number);
    }),
  };
}

export function matches(match: DeviceMatch, device: Device): boolean {
  if (match.kind === 'ids') return device.ids.some((one) => matchesIds(match, one));
  const chain = upstream(device).slice(0, match.hops.length).reverse();
  const [top] = chain;
  if (!top || chain.length < match.hops.length) return false;
  return (
    rootOf(top).domain === match.domain &&
    top.bus === match.bus &&
    chain.every((each, at) => each.devfn === match.hops[at])
  );
}

const matchesIds = (match: DeviceMatch & { kind: 'ids' }, one: DeviceIdentity): boolean =>
  (['vendor', 'device', 'subsystemVendor', 'subsystemDevice'] as const).every(
    (key) => match[key] === 0 || match[key] === one[key],
  );
