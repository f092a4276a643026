import { expect, test } from 'vitest';
import type { PciAddress } from '../../../main/machine/address.ts';
import { toldPlace, functionBehind } from '../../../main/machine/sysfs/device-path.ts';
import { withPlaces } from '../../../main/machine/path.ts';
import { topologies } from '../../hosts/topology.ts';
import { captureNames } from '../../hosts/captures.ts';
import { machineOf } from '../../hosts/machine.ts';

const fn = (address: string, secondary?: number, subordinate = secondary) => ({
  address: address as PciAddress,
  bridge: secondary === undefined ? null : { secondary, subordinate: subordinate ?? secondary },
});

test('a path names the hops, not the buses', () => {
  const placed = withPlaces([
    fn('0000:00:01.1', 2, 4),
    fn('0000:02:00.0', 3, 4),
    fn('0000:04:00.0'),
    fn('0000:03:00.1', 4),
  ]);
  expect(placed.map(({ path }) => path)).toEqual([
    '0000:00/01.1',
    '0000:00/01.1/00.0',
    '0000:00/01.1/00.0/00.1/00.0',
    '0000:00/01.1/00.0/00.1',
  ]);
});

test('a virtual function on a bus beyond its physical one hangs below the same port, and is told from it', () => {
  const placed = withPlaces([fn('0000:00:01.0', 2, 3), fn('0000:02:00.0'), fn('0000:03:00.0')]);
  expect(placed.map(({ parent, path }) => [parent, path])).toEqual([
    [null, '0000:00/01.0'],
    ['0000:00:01.0', '0000:00/01.0/00.0'],
    ['0000:00:01.0', '0000:00/01.0/00.0+1'],
  ]);
});

test('bridges that are not set up, or lead backwards, are nobody’s parent', () => {
  const placed = withPlaces([
    fn('0000:00:1c.0', 0),
    fn('0000:05:00.0', 5),
    fn('0000:05:01.0', 4, 9),
    fn('0000:07:00.0'),
  ]);
  expect(placed.every(({ parent }) => parent === null)).toBe(true);
});

test('buses of another domain are other buses', () => {
  const placed = withPlaces([fn('0000:00:01.0', 1), fn('0001:01:00.0')]);
  expect(placed[1]).toMatchObject({ parent: null, path: '0001:01/00.0' });
});

test('sysfs paths: behind a port, behind VMD, and devices below a function', () => {
  expect(toldPlace('sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0')).toEqual({
    parent: '0000:00:01.0',
    rootBus: '0000:00',
  });
  expect(toldPlace('sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0')).toEqual({
    parent: null,
    rootBus: '10000:e0',
  });
  expect(toldPlace('sys/bus/pci/devices/0000:01:00.0')).toBeNull();
  expect(functionBehind('sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4:1.0/net/usb0')).toBe('0000:00:14.0');
  expect(functionBehind('sys/devices/pci0000:00/0000:00:02.0/0000:00:02.0:pcie001')).toBe('0000:00:02.0');
  expect(functionBehind('sys/devices/virtual/net/lo')).toBeNull();
});

const archives = ['random-topologies', 'acs-override-none'].filter((name) => captureNames.includes(name));

test.skipIf(archives.length === 0)('bus ranges give the places of sysfs in every random topology', () => {
  const all = archives.flatMap(topologies);
  expect(all.length).toBeGreaterThan(30);
  for (const { name, tree } of all) {
    const { functions } = machineOf(tree);
    expect(functions.length).toBeGreaterThan(5);
    const placed = withPlaces(functions.map(({ address, bridge }) => ({ address, bridge })));
    expect([name, placed.map(({ path }) => path)]).toEqual([name, functions.map(({ path }) => path)]);
  }
});
