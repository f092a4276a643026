import { addressParts, type PciAddress } from './address.ts';
import type { PciFunction } from './pci-function.ts';

type Placeable = Pick<PciFunction, 'address' | 'bridge'>;
type Place = Pick<PciFunction, 'parent' | 'path'>;

/** What a source says of parents by itself: sysfs by its folders, the root bus included. */
export interface ToldPlace {
  readonly parent: PciAddress | null;
  /** `0000:00`; needed where `parent` is null */
  readonly rootBus: string;
}

const busOf = (address: PciAddress): string => address.slice(0, address.lastIndexOf(':'));
const hex2 = (value: number): string => value.toString(16).padStart(2, '0');

/**
 * Gives every function its parent and its path (`0000:00/01.1/00.0`: root bus, then device.function of each hop), from
 * `told` where the source says so, else from the bus ranges of the bridges. The parent of bus B is the bridge whose
 * secondary bus is B, else the innermost one whose range holds it: virtual functions may sit on a bus beyond their
 * physical function's that no bridge has as its secondary (drivers/pci/iov.c virtfn_add_bus); such a hop reads `00.0+1`.
 */
export function withPlaces<F extends Placeable>(
  functions: readonly F[],
  told: ReadonlyMap<PciAddress, ToldPlace> = new Map(),
): (F & Place)[] {
  const byAddress = new Map(functions.map((each) => [each.address, each]));
  const bridges = bridgesByDomain(functions);
  const parents = new Map<PciAddress, PciAddress | null>();
  // One answer a bus: a hostile text may name thousands of bridges, each of which every function would ask.
  const above = new Map<string, PciAddress | null>();
  for (const { address } of functions) {
    const place = told.get(address);
    if (place) {
      parents.set(address, place.parent);
      continue;
    }
    const bus = busOf(address);
    const known = above.get(bus);
    const parent = known === undefined ? bridgeAbove(address, bridges) : known;
    above.set(bus, parent);
    parents.set(address, parent);
  }
  return functions.map((each) => ({
    ...each,
    parent: parents.get(each.address) ?? null,
    path: pathOf(each.address, parents, byAddress, told),
  }));
}

interface BridgeRange {
  readonly address: PciAddress;
  readonly secondary: number;
  readonly subordinate: number;
}

function bridgesByDomain(functions: readonly Placeable[]): ReadonlyMap<number, readonly BridgeRange[]> {
  const domains = new Map<number, BridgeRange[]>();
  for (const { address, bridge } of functions) {
    if (!bridge) continue;
    const { domain, bus } = addressParts(address);
    // A bridge leads to higher bus numbers only; zero or backward ones are not set up, and would make loops.
    if (bridge.secondary <= bus) continue;
    const range = { address, secondary: bridge.secondary, subordinate: bridge.subordinate };
    const ranges = domains.get(domain);
    if (ranges) ranges.push(range);
    else domains.set(domain, [range]);
  }
  return domains;
}

function bridgeAbove(address: PciAddress, bridges: ReadonlyMap<number, readonly BridgeRange[]>): PciAddress | null {
  const { domain, bus } = addressParts(address);
  let above: BridgeRange | null = null;
  for (const range of bridges.get(domain) ?? []) {
    if (range.secondary > bus) continue;
    if (range.secondary === bus) return range.address;
    if (range.subordinate >= bus && (!above || range.secondary > above.secondary)) above = range;
  }
  return above?.address ?? null;
}

function pathOf(
  address: PciAddress,
  parents: ReadonlyMap<PciAddress, PciAddress | null>,
  functions: ReadonlyMap<PciAddress, Placeable>,
  told: ReadonlyMap<PciAddress, ToldPlace>,
): string {
  const hops: string[] = [];
  const seen = new Set<PciAddress>();
  for (let at: PciAddress | null = address; at !== null && !seen.has(at);) {
    seen.add(at);
    const parent: PciAddress | null = parents.get(at) ?? null;
    const root = parent === null ? (told.get(at)?.rootBus ?? busOf(at)) : null;
    hops.push(hop(at, root, parent === null ? null : (functions.get(parent)?.bridge?.secondary ?? null)));
    if (root !== null) hops.push(root);
    at = parent;
  }
  return hops.reverse().join('/');
}

function hop(address: PciAddress, rootBus: string | null, secondary: number | null): string {
  const { bus, device, function: fn } = addressParts(address);
  const expected = rootBus === null ? secondary : parseInt(rootBus.slice(-2), 16);
  const beyond = expected === null ? 0 : bus - expected;
  return `${hex2(device)}.${fn}${beyond > 0 ? `+${beyond}` : ''}`;
}
