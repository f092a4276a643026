import { linesOf, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';

/** include/uapi/linux/route.h */
const flag = { up: 0x1, reject: 0x200 } as const;

/** A directly connected IPv4 network of proc/net/route, as numbers. */
export interface ConnectedNetwork {
  readonly interface: string;
  readonly network: number;
  readonly mask: number;
}

export interface Routes {
  /** interfaces with a default route, IPv4 or IPv6; null where the source has neither table */
  readonly defaults: ReadonlySet<string> | null;
  readonly connected: readonly ConnectedNetwork[];
}

export function readRoutes(tree: HostTree): Routes {
  const v4 = textOf(tree, 'proc/net/route');
  const v6 = textOf(tree, 'proc/net/ipv6_route');
  const routes = linesOf(v4 ?? '')
    .slice(1)
    .flatMap(routeOf);
  const defaults = new Set([
    ...routes.filter((route) => route.network === 0 && route.mask === 0).map((route) => route.interface),
    ...linesOf(v6 ?? '').flatMap(defaultOf),
  ]);
  const connected = routes.filter((route) => route.gateway === 0 && route.mask !== 0);
  return { defaults: v4 === null && v6 === null ? null : defaults, connected };
}

/** net/ipv4/fib_trie.c fib_route_seq_show: name, destination, gateway, flags, reference count, use, metric, mask…; numbers in hexadecimal, in the machine's byte order (little-endian here). */
function routeOf(line: string): (ConnectedNetwork & { gateway: number })[] {
  const [name, destination, gateway, flags, , , , mask] = line.trim().split(/\s+/);
  if (!name || !destination || !gateway || !flags || !mask) return [];
  const bits = parseInt(flags, 16);
  if ((bits & flag.up) === 0 || (bits & flag.reject) !== 0) return [];
  return [{ interface: name, network: swapped(destination), gateway: swapped(gateway), mask: swapped(mask) }];
}

const swapped = (hex: string): number => parseInt(hex.replace(/^(..)(..)(..)(..)$/, '$4$3$2$1'), 16);

/** net/ipv6/route.c rt6_info_route: destination, its length, source, its length, next hop, metric, references, use, flags, name. */
function defaultOf(line: string): string[] {
  const fields = line.trim().split(/\s+/);
  const [destination, length] = fields;
  const [flags, name] = fields.slice(8);
  if (!/^0{32}$/.test(destination ?? '') || length !== '00' || !flags || !name || name === 'lo') return [];
  return (parseInt(flags, 16) & flag.reject) === 0 ? [name] : [];
}
