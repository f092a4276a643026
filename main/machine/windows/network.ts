import { measured, unknown, type Fact } from '../fact.ts';
import type { NetworkInterface } from '../host-use.ts';
import type { DeviceTree } from './device-tree.ts';
import type { Inventory, Row } from './inventory.ts';

/** IEEE 802.11 (IANA ifType). */
const wireless = 71;

/** `Ethernet 2` as `Ethernet-2`: what a person types to accept its loss stands in lists, which blanks and commas end. */
const typedName = ({ name, index }: Row<'adapters'>): string =>
  (name ?? `adapter ${index ?? '?'}`).trim().replace(/[\s,]+/g, '-');

/**
 * Network adapters with their addresses. A switch of Hyper-V takes the addresses of the adapter below it, and Windows does
 * not say which: what an adapter in use carries is not known while an adapter off the buses carries some.
 */
export function interfacesOf({ sections }: Inventory, tree: DeviceTree): Fact<NetworkInterface[]> {
  const { adapters, addresses, routes } = sections;
  if (adapters === null) return unknown('fuller-source', 'Get-NetAdapter');
  const ofAdapter = ({ index }: Row<'adapters'>): string[] =>
    (addresses ?? [])
      .filter((each) => each.index !== null && each.index === index)
      .flatMap(({ address, prefix }) => (address === null ? [] : `${address.split('%')[0] ?? ''}/${prefix ?? '?'}`));
  const physical = adapters.filter(({ instance }) => tree.behind(instance) !== null);
  const switched = adapters.some((each) => !physical.includes(each) && ofAdapter(each).length > 0);
  return measured(
    physical.map((adapter) => {
      const own = ofAdapter(adapter);
      const up = adapter.status === null ? null : adapter.status === 'Up';
      const hidden = addresses === null || (own.length === 0 && up !== false && switched);
      return {
        name: typedName(adapter),
        behind: tree.behind(adapter.instance),
        addresses: hidden ? null : own,
        defaultRoute: routes === null || hidden ? null : routes.some(({ index }) => index === adapter.index),
        up,
        master: null,
        wireless: adapter.type === wireless,
      };
    }),
    'Get-NetAdapter',
  );
}
