import type { BuiltBus, BuiltFunction, BuiltTopology } from './built-topology.ts';

/**
 * A second opinion on groups, written from the kernel's text function by function and under its names, for the ids that
 * built topologies have (drivers/iommu/iommu.c, drivers/pci/{pci,search,quirks,probe}.c of Linux 6.12). It shares nothing
 * with main.
 */
const REQ_ACS_FLAGS = 0x01 | 0x04 | 0x08 | 0x10;
const ROOT_PORT = 4;
const UPSTREAM = 5;
const DOWNSTREAM = 6;
const PCI_BRIDGE = 7;
const PCIE_BRIDGE = 8;
const RC_END = 9;
const RC_EC = 10;

export function kernelGroups(topology: BuiltTopology): string[][] {
  const types = new Map<BuiltFunction, number | null>();
  const pci_pcie_type = (dev: BuiltFunction): number | null => types.get(dev) ?? null;
  const groups = new Map<BuiltFunction, string[]>();
  const klist: BuiltFunction[] = [];

  // pci_scan_child_bus: a bus first, then what is behind its bridges; set_pcie_port_type on the way.
  const scan = (bus: BuiltBus): void => {
    const inOrder = [...bus.functions].sort((a, b) => a.devfn - b.devfn);
    for (const dev of inOrder) {
      klist.push(dev);
      const parent = bus.self ? pci_pcie_type(bus.self) : null;
      let type = dev.type;
      if (type === DOWNSTREAM && (parent === ROOT_PORT || parent === DOWNSTREAM || parent === PCIE_BRIDGE)) type = UPSTREAM;
      else if (type === UPSTREAM && parent === UPSTREAM) type = DOWNSTREAM;
      types.set(dev, type);
    }
    for (const { behind } of inOrder) if (behind) scan(behind);
  };
  topology.roots.forEach(scan);

  // pci_scan_slot: function 0 by its header, the others always; with ARI a device's functions have all 256 numbers.
  const multifunction = (dev: BuiltFunction): boolean => {
    const ari = dev.bus.functions.some((each) => each.devfn > 7) && dev.bus.self !== null && dev.bus.functions.some((each) => each.devfn === 0) && [ROOT_PORT, DOWNSTREAM].includes(pci_pcie_type(dev.bus.self) ?? -1);
    return dev.more || (ari ? dev.devfn > 0 : (dev.devfn & 7) > 0);
  };

  const pci_dev_specific_acs_enabled = (dev: BuiltFunction): boolean | null => {
    const type = pci_pcie_type(dev);
    switch (dev.vendor) {
      case 0x1002:
      case 0x1022:
        return (dev.device === 0x4385 || dev.device === 0x780f) && multifunction(dev) && dev.bus.self === null ? true : null;
      case 0x8086: {
        if (dev.device === 0x1521 || type === RC_END) return true;
        if (dev.device === 0x1c10 && type === ROOT_PORT) return true;
        // pci_quirk_intel_spt_pch_acs: all bits that its capability has were enabled.
        return dev.device === 0xa110 && type === ROOT_PORT && dev.acs !== null ? true : null;
      }
      case 0x1d17:
        return type === ROOT_PORT || type === DOWNSTREAM ? dev.device === 0x0710 : null;
      case 0x8088:
        return dev.device === 0x5010;
      case 0x177d:
        return type === ROOT_PORT && dev.device >= 0xa000 && dev.device <= 0xa7ff ? true : null;
      default:
        return null;
    }
  };

  const pci_acs_enabled = (dev: BuiltFunction): boolean => {
    const specific = pci_dev_specific_acs_enabled(dev);
    if (specific !== null) return specific;
    const type = pci_pcie_type(dev);
    if (type === null) return false;
    // pci_std_enable_acs set every bit that it could, so a capability is enough.
    const acs_flags_enabled = dev.acs !== null && (dev.acs & REQ_ACS_FLAGS & ~dev.acs) === 0;
    if (type === PCIE_BRIDGE || type === PCI_BRIDGE || type === RC_EC) return false;
    if (type === DOWNSTREAM || type === ROOT_PORT) return acs_flags_enabled;
    return multifunction(dev) ? acs_flags_enabled : true;
  };

  const pci_acs_path_enabled = (start: BuiltFunction): boolean => {
    for (let dev: BuiltFunction | null = start; dev; dev = dev.bus.self) if (!pci_acs_enabled(dev)) return false;
    return true;
  };

  const dma_alias_mask = (dev: BuiltFunction): number[] => {
    const slot = dev.devfn & 0xf8;
    if (dev.vendor === 0x1b4b && dev.device === 0x9230) return (dev.devfn & 7) !== 1 ? [slot | 1] : [];
    if (dev.vendor === 0x1180 && dev.device === 0xe832) return (dev.devfn & 7) !== 0 ? [slot] : [];
    return dev.vendor === 0x10b5 && dev.device === 0x87b0 ? Array.from({ length: 256 }, (_, devfn) => devfn) : [];
  };
  const pci_devs_are_dma_aliases = (a: BuiltFunction, b: BuiltFunction): boolean =>
    dma_alias_mask(a).includes(b.devfn) || dma_alias_mask(b).includes(a.devfn);

  const pci_real_dma_dev = (dev: BuiltFunction): BuiltFunction =>
    dev.bus.domain < 0x10000 ? dev : (klist.find((each) => each.vendor === 0x8086 && each.device === 0x9a0b) ?? dev);

  const get_pci_function_alias_group = (pdev: BuiltFunction, devfns: Set<number>): string[] | null => {
    if (!multifunction(pdev) || pci_acs_enabled(pdev)) return null;
    for (const tmp of klist) {
      if (tmp === pdev || tmp.bus !== pdev.bus || tmp.devfn >> 3 !== pdev.devfn >> 3 || pci_acs_enabled(tmp)) continue;
      const group = get_pci_alias_group(tmp, devfns);
      if (group) return group;
    }
    return null;
  };

  const get_pci_alias_group = (pdev: BuiltFunction, devfns: Set<number>): string[] | null => {
    if (devfns.has(pdev.devfn)) return null;
    devfns.add(pdev.devfn);
    const own = groups.get(pdev);
    if (own) return own;
    for (const tmp of klist) {
      if (tmp === pdev || tmp.bus !== pdev.bus || !pci_devs_are_dma_aliases(pdev, tmp)) continue;
      const group = get_pci_alias_group(tmp, devfns) ?? get_pci_function_alias_group(tmp, devfns);
      if (group) return group;
    }
    return null;
  };

  const pci_device_group = (dev: BuiltFunction): string[] => {
    // pci_for_each_dma_alias
    let pdev = pci_real_dma_dev(dev);
    const real = groups.get(pdev);
    if (real) return real;
    for (let bridge = pdev.bus.self; bridge; bridge = bridge.bus.self) {
      if (bridge.vendor === 0x14e4 && bridge.device === 0x9000) break;
      const type = pci_pcie_type(bridge);
      if (type !== null && type !== PCI_BRIDGE && type !== PCIE_BRIDGE) continue;
      pdev = bridge;
      const group = groups.get(bridge);
      if (group) return group;
    }
    for (let bridge = pdev.bus.self; bridge; bridge = bridge.bus.self) {
      if (pci_acs_path_enabled(bridge)) break;
      pdev = bridge;
      const group = groups.get(bridge);
      if (group) return group;
    }
    const devfns = new Set<number>();
    return get_pci_alias_group(pdev, devfns) ?? get_pci_function_alias_group(pdev, devfns) ?? [];
  };

  const all: string[][] = [];
  for (const dev of klist) {
    const group = pci_device_group(dev);
    if (group.length === 0) all.push(group);
    group.push(dev.address);
    groups.set(dev, group);
  }
  return all;
}
