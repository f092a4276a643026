import type { DeviceScope } from '../acpi/device-scope.ts';
import { rootOf, upstream, type Device } from '../grouping/device.ts';

export interface ScopeMatch {
  readonly device: Device;
  /** the firmware gave the bus number behind a bridge instead of the path to it; Linux takes it and says so */
  readonly byBusNumber: boolean;
}

/** Finds the functions that device scopes name, by path and by number, in constant time a scope. */
export class ScopeIndex {
  readonly #byPath = new Map<string, Device>();
  readonly #byNumber = new Map<string, Device>();

  constructor(devices: Iterable<Device>) {
    for (const device of devices) {
      // Virtual functions stand in no table, and its segments end at 16 bits (dmar.c dmar_alloc_pci_notify_info).
      if (device.physical !== null || device.domain > 0xffff) continue;
      const hops = upstream(device)
        .reverse()
        .map(({ devfn }) => devfn);
      this.#byPath.set(`${device.domain}:${rootOf(device).bus}:${hops.join('/')}`, device);
      this.#byNumber.set(`${device.domain}:${device.bus}:${device.devfn}`, device);
    }
  }

  /**
   * The function of a PCI scope (types 1 and 2): hop by hop from a root bus, each hop on the secondary bus of the bridge
   * before it; else a single hop on the bus as it is numbered (drivers/iommu/intel/dmar.c dmar_match_pci_path).
   */
  find(scope: DeviceScope, segment: number): ScopeMatch | null {
    const hops = scope.path.map((hop) => {
      const [device, fn] = hop.split('.');
      return parseInt(device ?? '', 16) * 8 + parseInt(fn ?? '', 16);
    });
    const byPath = this.#byPath.get(`${segment}:${scope.bus}:${hops.join('/')}`);
    if (byPath) return { device: byPath, byBusNumber: false };
    const byNumber = hops.length === 1 ? this.#byNumber.get(`${segment}:${scope.bus}:${hops[0] ?? -1}`) : undefined;
    return byNumber ? { device: byNumber, byBusNumber: true } : null;
  }
}

/** Scopes that name PCI functions: 1 an endpoint, 2 a bridge with all below it. The others are IOAPICs, HPETs and ACPI devices. */
export const isPciScope = ({ type }: DeviceScope): boolean => type === 1 || type === 2;
