import * as v from 'valibot';
import { linesOf, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { ConnectedNetwork } from './routes.ts';

/** What `ip -j addr` tells of one interface, as far as it matters here. */
const linkShape = v.object({
  ifname: v.string(),
  /** the interface that this one is stacked upon (VLAN, macvlan) */
  link: v.optional(v.nullable(v.string())),
  master: v.optional(v.nullable(v.string())),
  addr_info: v.optional(v.array(v.object({ local: v.optional(v.string()), prefixlen: v.optional(v.number()) })), []),
});

export interface Addresses {
  /** `192.168.1.5/24` by interface name; null where the source does not tell */
  readonly byInterface: ReadonlyMap<string, readonly string[]> | null;
  /** pairs of upper and lower interface that the same file names */
  readonly stacked: readonly (readonly [upper: string, lower: string])[];
  /** the file is there and is something else */
  readonly notUnderstood: boolean;
}

const listing = 'cmd/ip-addr.txt';

export function readAddresses(tree: HostTree, connected: readonly ConnectedNetwork[]): Addresses {
  const text = textOf(tree, listing);
  const links = text === null || text.trim() === '' ? null : parseListing(text);
  if (links) {
    return {
      byInterface: new Map(links.map((link) => [link.ifname, link.addr_info.flatMap(addressText)])),
      stacked: links.flatMap((link) => [
        ...(link.master == null ? [] : [[link.master, link.ifname] as const]),
        ...(link.link == null ? [] : [[link.ifname, link.link] as const]),
      ]),
      notUnderstood: false,
    };
  }
  return { byInterface: fromProc(tree, connected), stacked: [], notUnderstood: text !== null && text.trim() !== '' };
}

function parseListing(text: string): v.InferOutput<typeof linkShape>[] | null {
  try {
    const parsed = v.safeParse(v.array(linkShape), JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

const addressText = (entry: { local?: string | undefined; prefixlen?: number | undefined }): string[] =>
  entry.local === undefined ? [] : [entry.prefixlen === undefined ? entry.local : `${entry.local}/${entry.prefixlen}`];

/**
 * From the kernel's tables: proc/net/if_inet6 names interfaces; proc/net/fib_trie only lists this host's IPv4 addresses,
 * which the connected networks of proc/net/route assign to interfaces.
 */
function fromProc(
  tree: HostTree,
  connected: readonly ConnectedNetwork[],
): ReadonlyMap<string, readonly string[]> | null {
  const trie = textOf(tree, 'proc/net/fib_trie');
  const v6 = textOf(tree, 'proc/net/if_inet6');
  if (trie === null && v6 === null) return null;
  const found = new Map<string, string[]>();
  const add = (name: string, address: string): void => {
    const known = found.get(name) ?? [];
    if (!known.includes(address)) found.set(name, [...known, address]);
  };
  for (const address of localAddresses(trie ?? '')) {
    const network = connected.find((each) => (numeric(address) & each.mask) >>> 0 === each.network);
    if (network) add(network.interface, `${address}/${prefixLength(network.mask)}`);
  }
  for (const line of linesOf(v6 ?? '')) {
    const [digits, , length, , , name] = line.trim().split(/\s+/);
    if (digits && length && name) add(name, `${shortIpv6(digits)}/${parseInt(length, 16)}`);
  }
  return found;
}

/** Leaves `|-- 192.168.1.5` followed by `/32 host LOCAL` (net/ipv4/fib_trie.c fib_trie_seq_show). */
function localAddresses(trie: string): string[] {
  const found = new Set<string>();
  for (const match of trie.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/g)) {
    if (!match[1]?.startsWith('127.')) found.add(match[1] ?? '');
  }
  return [...found];
}

const numeric = (address: string): number =>
  address.split('.').reduce((number, part) => ((number << 8) | Number(part)) >>> 0, 0);

function prefixLength(mask: number): number {
  let length = 0;
  while (length < 32 && (mask << length) >>> 31 === 1) length++;
  return length;
}

/** RFC 5952: no leading zeros, the longest run of two or more zero groups as `::`, the first of equals. */
function shortIpv6(digits: string): string {
  const groups = (digits.match(/.{4}/g) ?? []).map((group) => parseInt(group, 16).toString(16));
  let longest = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > longest.length) longest = { start, length };
  }
  if (longest.length === 1) return groups.join(':');
  const before = groups.slice(0, longest.start).join(':');
  return `${before}::${groups.slice(longest.start + longest.length).join(':')}`;
}
