import type { NetworkInterface } from '../../machine/host-use.ts';
import { evidenceOf } from '../evidence.ts';
import type { Loss } from '../plan.ts';
import { loss, type Answer, type Crossed, type Question } from './crossed.ts';

/** An interface and what it serves, upwards: a port of a bond of a bridge. Bounded, since a file may describe a ring. */
function chain(port: NetworkInterface, all: readonly NetworkInterface[]): NetworkInterface[] {
  const links = [port];
  for (let next = port.master; next !== null && links.length < 8;) {
    const name = next;
    const master = all.find((other) => other.name === name);
    if (master === undefined || links.includes(master)) break;
    links.push(master);
    next = master.master;
  }
  return links;
}

/** Link-local addresses come by themselves (RFC 4862, RFC 3927): nobody is reached by them alone. */
const isLinkLocal = (address: string): boolean => /^(fe[89ab]|169\.254\.)/i.test(address);

const reachable = ({ addresses }: NetworkInterface): string[] =>
  (addresses ?? []).filter((address) => !isLinkLocal(address));

/** Something goes through here, or nobody can say that nothing does. */
const mayCarry = (links: readonly NetworkInterface[]): boolean =>
  links.some((link) => link.addresses === null || link.defaultRoute !== false || reachable(link).length > 0);

/**
 * Every interface behind what crosses. Whoever reads this may sit at the other end of it, so an address is enough to ask;
 * an interface that carries nothing is only told.
 */
export function networkLosses({ machine, crossed, gone }: Question): Answer {
  if (!machine.interfaces.known) {
    const concerned = crossed.some(({ role }) => role === 'network');
    return { losses: [], unknowns: concerned ? [{ code: 'network', where: machine.interfaces.where }] : [] };
  }
  const { interfaces } = machine;
  const all = machine.interfaces.value;
  const staying = all.filter(({ behind }) => behind !== null && !gone(behind));

  const lost = crossed.flatMap((of) =>
    all.filter(({ behind }) => behind === of.fn.address).map((port) => ({ port, of })),
  );
  /** the ports that carry something; where none is known to, any of them may be how the host is reached */
  const carrying = lost.map(({ port }) => port).filter((port) => mayCarry(chain(port, all)));

  const lossOf = (port: NetworkInterface, of: Crossed): Loss => {
    const links = chain(port, all);
    const addresses = links.flatMap(reachable);
    const bridge = links.at(-1)?.name ?? port.name;
    const values = {
      interface: port.name,
      addresses,
      bridge,
      staying: staying.map(({ name }) => name),
      stayingIdle: staying.length > 0 && staying.every(({ up }) => up === false),
      virtualFunctions: (of.fn.sriov.known ? of.fn.sriov.value?.totalVfs : null) ?? 0,
    };
    const proof = [
      evidenceOf('interface', interfaces, port.name),
      ...addresses.slice(0, 8).map((address) => evidenceOf('ip-address', interfaces, address)),
    ];
    const route = links.some(({ defaultRoute }) => defaultRoute === true);
    const routeProof = route ? [evidenceOf('default-route', interfaces, bridge)] : [];
    if (staying.length === 0 && (carrying.length === 0 || carrying.includes(port))) {
      const only = evidenceOf('only-interface', interfaces, port.name);
      return loss('network', 'only-interface', 'ask', port.name, of, values, [only, ...proof, ...routeProof]);
    }
    if (route) return loss('network', 'default-route', 'ask', port.name, of, values, [...routeProof, ...proof]);
    if (addresses.length > 0) {
      const situation = links.length > 1 && (port.addresses ?? []).length === 0 ? 'bridge-port' : 'addresses';
      return loss('network', situation, 'ask', port.name, of, values, proof);
    }
    return loss('network', mayCarry(links) ? 'unknown-use' : 'idle', 'tell', port.name, of, values, proof);
  };

  const links = lost.flatMap(({ port }) => chain(port, all));
  return {
    losses: lost.map(({ port, of }) => lossOf(port, of)),
    unknowns: [
      ...(links.some(({ addresses }) => addresses === null)
        ? [{ code: 'addresses' as const, where: interfaces.where }]
        : []),
      ...(links.some(({ defaultRoute }) => defaultRoute === null)
        ? [{ code: 'routes' as const, where: interfaces.where }]
        : []),
    ],
  };
}
