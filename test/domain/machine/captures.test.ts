import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { parseAddress } from '../../../main/machine/address.ts';
import { decodeConfigSpace } from '../../../main/machine/config-space/decode.ts';
import { acsBitNames, type PciFunction } from '../../../main/machine/pci-function.ts';
import { machineShape } from '../../../main/machine/machine.ts';
import { withPlaces } from '../../../main/machine/path.ts';
import { captureNames } from '../../hosts/captures.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureEntries, captureTree } from '../../hosts/tree.ts';
import { lspciSays } from '../../hosts/lspci-opinion.ts';

const holds = (name: string, path: string): boolean =>
  [...captureEntries(name).keys()].some((each) => each === path || each.startsWith(`${path}/`));

const withSysfs = captureNames.filter((name) => holds(name, 'sys/bus/pci/devices'));
const withGroups = withSysfs.filter((name) => holds(name, 'sys/kernel/iommu_groups/0'));

/** The kernel's listing, straight from the archive's entries. */
function kernelGroups(name: string): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const path of captureEntries(name).keys()) {
    const match = /^sys\/kernel\/iommu_groups\/(\d+)\/devices\/([^/]+)$/.exec(path);
    if (match) groups.set(Number(match[1]), [...(groups.get(Number(match[1])) ?? []), match[2] ?? ''].sort());
  }
  return groups;
}

describe.skipIf(withGroups.length === 0)('groups are the kernel’s own', () => {
  test.each(withGroups)('%s', (name) => {
    const { groups } = machineOf(captureTree(name));
    expect(groups.known).toBe(true);
    const ours = new Map((groups.known ? groups.value : []).map((group) => [group.id, [...group.devices].sort()]));
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(kernelGroups(name)));
  });
});

describe.skipIf(withSysfs.length === 0)('every capture with sysfs', () => {
  test.each(withSysfs)(
    '%s makes a machine of the shape, with all functions, and JSON that says neither undefined nor NaN',
    (name) => {
      const machine = machineOf(captureTree(name));
      expect(v.safeParse(machineShape, machine).issues).toBeUndefined();
      const listed = [...captureEntries(name).keys()].flatMap(
        (path) => /^sys\/bus\/pci\/devices\/([^/]+)$/.exec(path)?.[1] ?? [],
      );
      expect(machine.functions.map((fn) => fn.address as string)).toEqual(listed.sort());
      expect(JSON.stringify(machine)).not.toMatch(/undefined|NaN/);
    },
  );

  test.each(withSysfs)('%s: bridges’ bus ranges give the places that sysfs tells', (name) => {
    const { functions } = machineOf(captureTree(name));
    const placed = withPlaces(functions.map(({ address, bridge }) => ({ address, bridge })));
    expect(placed.map(({ parent, path }) => ({ parent, path }))).toEqual(
      functions.map(({ parent, path }) => ({ parent, path })),
    );
  });

  test.each(withSysfs)('%s: lspci reads the same out of config space', (name) => {
    const { functions } = machineOf(captureTree(name));
    const text = captureEntries(name).get('cmd/lspci-vvv-nn.txt');
    const opinions = lspciSays(text && 'bytes' in text ? new TextDecoder().decode(text.bytes) : '');
    expect(opinions.size).toBe(functions.length);
    for (const fn of functions) {
      // sysfs tells how many virtual functions the driver allows (igb: 7), config space how many the device has (8).
      const sriov = decodeConfigSpace(configOf(name, fn.path, fn.address), 'whole').sriov;
      expect([fn.address, ours({ ...fn, sriov })]).toEqual([fn.address, opinions.get(fn.address)]);
    }
  });
});

function configOf(name: string, path: string, address: string): Uint8Array {
  for (const [place, entry] of captureEntries(name)) {
    if (place.endsWith(`/${address}/config`) && 'bytes' in entry) return entry.bytes;
  }
  throw new Error(`${name}: no config of ${path}`);
}

/** Our reading in the few words that lspci and we share. */
function ours(fn: PciFunction): ReturnType<typeof lspciSays> extends Map<string, infer T> ? T : never {
  const acs = fn.acs.known ? fn.acs.value : null;
  const bits = (mask: number): string => acsBitNames.map((_, bit) => ((mask >> bit) & 1 ? '+' : '-')).join('');
  return {
    express: fn.express.known ? (fn.express.value?.portType ?? null) : null,
    flr: fn.express.known && fn.express.value?.portType === 'endpoint' ? fn.express.value.flr : null,
    acs: acs ? `${bits(acs.capability)} ${bits(acs.control ?? 0)}` : null,
    ats: fn.ats.known && fn.ats.value ? fn.ats.value.enabled : null,
    vfs: fn.sriov.known && fn.sriov.value ? `${fn.sriov.value.totalVfs} ${fn.sriov.value.enabledVfs}` : null,
    msix: fn.msix.known && fn.msix.value ? `${fn.msix.value.enabled} ${fn.msix.value.vectors}` : null,
    driver: fn.driver.known ? fn.driver.value : null,
    capabilities: fn.capabilities.known
      ? fn.capabilities.value.map(({ offset }) => offset ?? 0).sort((a, b) => a - b)
      : [],
    secondary: fn.bridge?.secondary ?? null,
  };
}

test.skipIf(withGroups.length === 0)('the address reader takes every name that the kernel gives a device', () => {
  for (const name of withGroups) {
    for (const devices of kernelGroups(name).values())
      for (const device of devices) expect(parseAddress(device)).toBe(device);
  }
});
