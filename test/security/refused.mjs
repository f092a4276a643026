import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

/**
 * How often the kernel had no route for what somebody in this network namespace wanted to reach, name servers included:
 * OutNoRoutes of both protocols (proc(5), /proc/net/snmp and snmp6).
 */
export function refused() {
  const [names = '', values = ''] = readFileSync('/proc/net/snmp', 'utf8').match(/^Ip: .*$/gm) ?? [];
  const four = Number(values.split(' ')[names.split(' ').indexOf('OutNoRoutes')]);
  const six = Number(/^Ip6OutNoRoutes\s+(\d+)$/m.exec(readFileSync('/proc/net/snmp6', 'utf8'))?.[1] ?? 0);
  return four + six;
}

/** What one attempt adds, so that a count of nothing says something. The address is of TEST-NET-2 (RFC 5737). */
export async function attempt() {
  const before = refused();
  await new Promise((resolve) => connect(80, '198.51.100.1').once('error', resolve));
  return refused() - before;
}
