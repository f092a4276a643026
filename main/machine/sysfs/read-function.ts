import { parseAddress } from '../address.ts';
import { decodeConfigSpace, unknownConfig, type DecodedConfig } from '../config-space/decode.ts';
import { known, measured, unknown, valueOr, type Fact } from '../fact.ts';
import { baseName, exists, hexOf, needOf, numberOf, textOf, wordOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { PciNames } from '../names/pci-names.ts';
import type { PciFunction, PciIds } from '../pci-function.ts';
import type { FunctionFolder } from './function-folders.ts';
import { linkOf } from './link.ts';
import { powerOf } from './power.ts';
import { removableOf } from './removable.ts';
import { resizableBarsOf } from './resizable-bars.ts';
import { barsOfResource, romOf } from './resources.ts';

/** A function before it has its place in the tree. */
export type UnplacedFunction = Omit<PciFunction, 'parent' | 'path' | 'through'>;

/** `resetListed`: this kernel lists reset methods (5.15 and later), so that a missing list means none. */
export function readFunction(
  tree: HostTree,
  { address, folder }: FunctionFolder,
  names: PciNames,
  resetListed: boolean,
): UnplacedFunction {
  const config = configOf(tree, folder);
  const ids = idsOf(tree, folder, config.ids);
  const classCode = numbered(tree, `${folder}/class`, config.classCode);
  const physical = tree.link(`${folder}/physfn`);
  const numa = numberOf(tree, `${folder}/numa_node`);
  return {
    address,
    ...config,
    ...headerOf(tree, folder, config, classCode),
    ids,
    classCode,
    names: namesOf(names, ids, classCode),
    driver: driverOf(tree, folder),
    sriov: sriovOf(tree, folder, config.sriov),
    physicalFunction: physical === null ? null : parseAddress(baseName(physical)),
    bars: barsOf(tree, folder, config),
    resetMethods: resetsOf(tree, folder, resetListed),
    bootVga: bootVgaOf(tree, folder, classCode),
    numaNode: numa === null || numa < 0 ? null : numa,
    resizableBars: resizableBarsOf(tree, folder, config.resizableBars),
    link: linkOf(tree, folder, config.link),
    rom: romOf(tree, folder, config.rom),
    ...powerOf(tree, folder, config.power),
    removable: removableOf(tree, folder),
  };
}

function configOf(tree: HostTree, folder: string): DecodedConfig {
  const path = `${folder}/config`;
  const bytes = tree.bytes(path);
  return bytes ? decodeConfigSpace(bytes, 'whole') : unknownConfig(unknown(needOf(tree, path), `/${path}`), 0);
}

/** Virtual functions show no ids in config space, so that the kernel's own attributes come first. */
function idsOf(tree: HostTree, folder: string, config: Fact<PciIds>): Fact<PciIds> {
  const vendor = numberOf(tree, `${folder}/vendor`);
  const device = numberOf(tree, `${folder}/device`);
  if (vendor === null || device === null) return config;
  const told = valueOr(config, null);
  const subsystemVendor = numberOf(tree, `${folder}/subsystem_vendor`) ?? told?.subsystemVendor ?? null;
  const subsystemDevice = numberOf(tree, `${folder}/subsystem_device`) ?? told?.subsystemDevice ?? null;
  const written = (subsystemVendor ?? 0) !== 0 || (subsystemDevice ?? 0) !== 0;
  return measured(
    {
      vendor,
      device,
      subsystemVendor: written ? subsystemVendor : null,
      subsystemDevice: written ? subsystemDevice : null,
      revision: numberOf(tree, `${folder}/revision`) ?? told?.revision ?? null,
    },
    `/${folder}/vendor`,
  );
}

function numbered(tree: HostTree, path: string, otherwise: Fact<number>): Fact<number> {
  const value = numberOf(tree, path);
  return value === null ? otherwise : measured(value, `/${path}`);
}

/** A bridge whose config space cannot be read still shows its class and its buses. */
function headerOf(
  tree: HostTree,
  folder: string,
  config: DecodedConfig,
  classCode: Fact<number>,
): Pick<PciFunction, 'header' | 'bridge'> {
  const secondary = numberOf(tree, `${folder}/secondary_bus_number`);
  const subordinate = numberOf(tree, `${folder}/subordinate_bus_number`);
  const isBridge = config.header === 'unknown' && valueOr(classCode, 0) >>> 8 === 0x0604;
  return {
    header: isBridge ? 'bridge' : config.header,
    bridge: secondary === null || subordinate === null ? config.bridge : { secondary, subordinate },
  };
}

function namesOf(names: PciNames, ids: Fact<PciIds>, classCode: Fact<number>): PciFunction['names'] {
  const value = valueOr(ids, null);
  const { vendor, device, subsystemVendor, subsystemDevice } = value ?? {};
  const hasCard = subsystemVendor != null && subsystemDevice != null;
  return {
    vendor: vendor === undefined ? null : names.vendor(vendor),
    device: vendor === undefined || device === undefined ? null : names.device(vendor, device),
    subsystem:
      vendor === undefined || device === undefined || !hasCard
        ? null
        : names.subsystem(vendor, device, subsystemVendor, subsystemDevice),
    class: classCode.known ? names.className(classCode.value) : null,
  };
}

/** The link where there is one; else `uevent`, which has a DRIVER line while a driver is bound (drivers/base/core.c dev_uevent). */
function driverOf(tree: HostTree, folder: string): PciFunction['driver'] {
  const link = tree.link(`${folder}/driver`);
  if (link !== null) return measured(baseName(link), `/${folder}/driver`);
  const uevent = textOf(tree, `${folder}/uevent`);
  if (uevent?.includes('PCI_')) {
    return measured(/^DRIVER=(\S+)$/m.exec(uevent)?.[1] ?? null, `/${folder}/uevent`);
  }
  // A folder whose links were kept shows at least `subsystem`.
  if (tree.link(`${folder}/subsystem`) !== null) return measured(null, `/${folder}/driver`);
  return unknown('fuller-source', `/${folder}/driver`);
}

/** sysfs shows SR-IOV to ordinary users too, on physical functions only (drivers/pci/iov.c sriov_pf_attrs_are_visible). */
function sriovOf(tree: HostTree, folder: string, config: PciFunction['sriov']): PciFunction['sriov'] {
  const totalVfs = numberOf(tree, `${folder}/sriov_totalvfs`);
  const enabledVfs = numberOf(tree, `${folder}/sriov_numvfs`);
  const offset = numberOf(tree, `${folder}/sriov_offset`);
  const stride = numberOf(tree, `${folder}/sriov_stride`);
  if (totalVfs === null || enabledVfs === null || offset === null || stride === null) return config;
  const vfDevice = hexOf(tree, `${folder}/sriov_vf_device`);
  const pageKilobytes = valueOr(config, null)?.pageKilobytes ?? null;
  return measured({ totalVfs, enabledVfs, offset, stride, vfDevice, pageKilobytes }, `/${folder}/sriov_totalvfs`);
}

function barsOf(tree: HostTree, folder: string, config: DecodedConfig): PciFunction['bars'] {
  const registers = valueOr(config.bars, null);
  const switchedOn = numberOf(tree, `${folder}/enable`) === 1;
  const bars = barsOfResource(tree, folder, (index, kind) => {
    const register = registers?.find((each) => each.index === index);
    // A ROM that is not enabled right now may lack its register's address, yet the kernel has reserved it.
    return register?.enabled ?? (kind !== 'rom' && switchedOn);
  });
  return bars ? measured(bars, `/${folder}/resource`) : config.bars;
}

function resetsOf(tree: HostTree, folder: string, listed: boolean): PciFunction['resetMethods'] {
  const path = `${folder}/reset_method`;
  const text = textOf(tree, path);
  if (text !== null)
    return measured(
      text.split(/\s+/).filter((word) => word !== ''),
      `/${path}`,
    );
  // The attribute is there only where some reset works (drivers/pci/pci.c pci_dev_reset_attr_is_visible).
  const captured = exists(tree, `${folder}/vendor`) && exists(tree, `${folder}/uevent`);
  return listed && captured ? known([], 'derived', `/${path}`) : unknown(needOf(tree, path), `/${path}`);
}

/** `boot_vga` stands on VGA-compatible functions only (drivers/pci/pci-sysfs.c pci_dev_attrs_are_visible). */
function bootVgaOf(tree: HostTree, folder: string, classCode: Fact<number>): PciFunction['bootVga'] {
  const path = `${folder}/boot_vga`;
  const word = wordOf(tree, path);
  if (word !== null) return measured(word === '1', `/${path}`);
  if (classCode.known && classCode.value >>> 8 !== 0x0300) return known(false, 'derived', classCode.where);
  return unknown(needOf(tree, path), `/${path}`);
}
