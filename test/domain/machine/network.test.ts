import { describe, expect, test } from 'vitest';
import type { NetworkInterface } from '../../../main/machine/host-use.ts';
import { machineOf } from '../../hosts/machine.ts';
import { link, treeOf, type TestFile } from '../../hosts/tree.ts';

const card = (name: string, address: string, more: Record<string, TestFile> = {}): Record<string, TestFile> => {
  const at = `sys/devices/pci0000:00/${address}/net/${name}`;
  return {
    [`sys/class/net/${name}`]: link(`../../${at.replace(/^sys\//, '')}`),
    [`${at}/operstate`]: 'up\n',
    ...Object.fromEntries(Object.entries(more).map(([file, content]) => [`${at}/${file}`, content])),
  };
};
const upper = (
  name: string,
  lowers: readonly string[],
  more: Record<string, TestFile> = {},
): Record<string, TestFile> => {
  const at = `sys/devices/virtual/net/${name}`;
  return {
    [`sys/class/net/${name}`]: link(`../../devices/virtual/net/${name}`),
    ...Object.fromEntries(lowers.map((lower) => [`${at}/lower_${lower}`, link(`../${lower}`)])),
    ...Object.fromEntries(Object.entries(more).map(([file, content]) => [`${at}/${file}`, content])),
  };
};
const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n';
const route = (name: string, destination: string, gateway: string, flags: string, mask: string): string =>
  `${name}\t${destination}\t${gateway}\t${flags}\t0\t0\t0\t${mask}\t0\t0\t0\n`;
const defaultBy = (name: string): string => header + route(name, '00000000', '0101A8C0', '0003', '00000000');

function interfacesOf(files: Record<string, TestFile>): Map<string, NetworkInterface> {
  const { interfaces } = machineOf(treeOf(files));
  return new Map((interfaces.known ? interfaces.value : []).map((each) => [each.name, each]));
}

describe('who carries addresses and the default route', () => {
  const bonded = {
    ...card('eno1', '0000:00:1f.6', { master: link('../../../../virtual/net/bond0') }),
    ...card('eno2', '0000:00:1f.7', { master: link('../../../../virtual/net/bond0') }),
    ...card('wlan0', '0000:00:14.3', { phy80211: link('../../ieee80211/phy0') }),
    ...upper('bond0', ['eno1', 'eno2'], { master: link('../vmbr0') }),
    ...upper('vmbr0', ['bond0', 'tap100i0']),
    ...upper('tap100i0', [], { master: link('../vmbr0') }),
    ...upper('docker0', []),
    'proc/net/route': defaultBy('vmbr0'),
    'cmd/ip-addr.txt': JSON.stringify([
      { ifname: 'eno1', addr_info: [] },
      { ifname: 'vmbr0', addr_info: [{ local: '192.168.1.5', prefixlen: 24 }] },
    ]),
  };

  test('both cards of a bond below a bridge', () => {
    const found = interfacesOf(bonded);
    for (const name of ['eno1', 'eno2']) {
      expect(found.get(name)).toMatchObject({ addresses: ['192.168.1.5/24'], defaultRoute: true, master: 'bond0' });
    }
    expect(found.get('eno1')?.behind).toBe('0000:00:1f.6');
    expect(found.get('wlan0')).toMatchObject({ addresses: [], defaultRoute: false, wireless: true });
    expect([...found.keys()].sort()).toEqual(['bond0', 'eno1', 'eno2', 'vmbr0', 'wlan0']);
  });

  test('a master’s name is enough where the bridge itself was not captured', () => {
    const found = interfacesOf({
      ...card('eth8', '0000:00:08.0', { master: link('../vmbr0') }),
      'proc/net/route': defaultBy('vmbr0'),
    });
    expect(found.get('eth8')).toMatchObject({ defaultRoute: true, addresses: null });
  });

  test('a VLAN', () => {
    const found = interfacesOf({
      ...card('eth0', '0000:00:08.0'),
      ...upper('eth0.20', []),
      'proc/net/route': defaultBy('eth0.20'),
    });
    expect(found.get('eth0')?.defaultRoute).toBe(true);
  });

  test('what the source does not hold is null, not none', () => {
    expect(interfacesOf(card('eth0', '0000:00:08.0')).get('eth0')).toMatchObject({
      addresses: null,
      defaultRoute: null,
    });
  });

  test('an IPv4 default route that rejects, or is down, is none', () => {
    const found = interfacesOf({
      ...card('eth0', '0000:00:08.0'),
      ...card('eth1', '0000:00:09.0'),
      'proc/net/route':
        header +
        route('eth0', '00000000', '00000000', '0201', '00000000') +
        route('eth1', '00000000', '0101A8C0', '0002', '00000000'),
    });
    expect([...found.values()].map((each) => each.defaultRoute)).toEqual([false, false]);
  });

  test('an IPv6 default route alone, and rejecting routes that are none', () => {
    const line = (flags: string, name: string): string =>
      `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fe80${'0'.repeat(28)} 00000400 00000001 00000000 ${flags} ${name}\n`;
    const found = interfacesOf({
      ...card('eth0', '0000:00:08.0'),
      ...card('eth1', '0000:00:09.0'),
      'proc/net/ipv6_route': line('00000003', 'eth0') + line('00200200', 'eth1') + line('00200200', 'lo'),
    });
    expect([...found.values()].map((each) => each.defaultRoute)).toEqual([true, false]);
  });

  test('addresses from the kernel’s tables where nobody ran ip', () => {
    const found = interfacesOf({
      ...card('eth0', '0000:00:08.0'),
      ...card('eth1', '0000:00:09.0'),
      'proc/net/route': header + route('eth1', '0001A8C0', '00000000', '0001', '00FFFFFF'),
      'proc/net/fib_trie':
        'Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 127.0.0.1\n        /32 host LOCAL\n        |-- 192.168.1.5\n           /32 host LOCAL\n',
      'proc/net/if_inet6': `fe80000000000000025056fffe000001 02 40 20 80     eth0\n20010db8000000000001000000000001 02 40 00 80 eth0\n`,
    });
    expect(found.get('eth0')?.addresses).toEqual(['fe80::250:56ff:fe00:1/64', '2001:db8::1:0:0:1/64']);
    expect(found.get('eth1')?.addresses).toEqual(['192.168.1.5/24']);
  });

  test('a listing that is no JSON is said, and not taken for none', () => {
    const machine = machineOf(treeOf({ ...card('eth0', '0000:00:08.0'), 'cmd/ip-addr.txt': '1: lo: <LOOPBACK>\n' }));
    expect(machine.troubles).toEqual([{ where: '/cmd/ip-addr.txt', code: 'file-not-understood' }]);
  });
});
