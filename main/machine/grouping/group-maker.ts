import type { PciAddress } from '../address.ts';
import { upstream, type Device } from './device.ts';
import { bridgesThatAlias, isBehindVmd, quirkAliases, vmdControllersOf } from './dma-aliases.ts';
import { isolationOf, type Isolation, type IsolationContext } from './isolation.ts';
import type { Join, JoinRule } from './join.ts';
import type { UnitScope } from './units.ts';

export interface MadeGroup {
  readonly devices: PciAddress[];
  readonly joins: Join[];
}

type Found = { group: MadeGroup; join: Join };

/** Puts one device after another into groups, as pci_device_group of drivers/iommu/iommu.c does. */
export class GroupMaker {
  readonly groups: MadeGroup[] = [];
  readonly #context: IsolationContext;
  readonly #groupOf = new Map<PciAddress, MadeGroup>();
  readonly #isolation = new Map<PciAddress, Isolation>();
  readonly #byAddress: ReadonlyMap<PciAddress, Device>;
  readonly #onBus = new Map<string, Device[]>();
  /** by requester: the devfns that each also uses */
  readonly #aliases = new Map<PciAddress, ReadonlySet<number>>();
  readonly #vmd: ReadonlyMap<number, PciAddress | null>;
  readonly #vmdGroups = new Map<number, MadeGroup>();

  constructor(devices: readonly Device[], context: IsolationContext, scope: UnitScope) {
    this.#context = context;
    this.#byAddress = new Map(devices.map((device) => [device.address, device]));
    this.#vmd = vmdControllersOf(devices);
    for (const device of devices) {
      const bus = this.#onBus.get(device.busKey);
      if (bus) bus.push(device);
      else this.#onBus.set(device.busKey, [device]);
      const aliases = [...quirkAliases(device), ...scope.aliases(device)];
      if (aliases.length > 0) this.#aliases.set(device.address, new Set(aliases));
    }
  }

  /** devices whose isolation was asked about, and the answers */
  get asked(): ReadonlyMap<PciAddress, Isolation> {
    return this.#isolation;
  }

  place(device: Device): void {
    const found = this.#behindVmd(device) ?? this.#existing(device);
    const group = found?.group ?? { devices: [], joins: [] };
    if (!found) this.groups.push(group);
    group.devices.push(device.address);
    this.#groupOf.set(device.address, group);
    if (isBehindVmd(device)) this.#vmdGroups.set(device.domain, group);
    if (found && !group.joins.some((each) => each.rule === found.join.rule && each.port === found.join.port)) {
      group.joins.push(found.join);
    }
  }

  #behindVmd(device: Device): Found | null {
    if (!isBehindVmd(device)) return null;
    const controller = this.#vmd.get(device.domain) ?? null;
    const group = (controller ? this.#groupOf.get(controller) : undefined) ?? this.#vmdGroups.get(device.domain);
    return group ? { group, join: { rule: 'vmd', port: controller } } : null;
  }

  /** The three searches of pci_device_group, in its order. */
  #existing(device: Device): Found | null {
    // 1. A bridge above that takes the place of the device's requester id (pci_for_each_dma_alias).
    let at = device;
    for (const bridge of bridgesThatAlias(device)) {
      at = bridge;
      const group = this.#groupOf.get(bridge.address);
      if (group) return { group, join: { rule: 'pci-bridge', port: bridge.address } };
    }
    // 2. Upstream, as long as something on the way to the root does not isolate.
    for (let above = at.parent; above; above = above.parent) {
      const open = upstream(above).find((each) => !this.#isolationOf(each).isolated);
      if (!open) break;
      at = above;
      const group = this.#groupOf.get(above.address);
      if (group) return { group, join: this.#pathJoin(open) };
    }
    // 3. Whom it aliases, and functions of its slot that are not isolated either.
    const seen = new Set<number>();
    return this.#aliasGroup(at, seen) ?? this.#functionGroup(at, seen);
  }

  #pathJoin(open: Device): Join {
    const { by, missing } = this.#isolationOf(open);
    const port = open.address;
    switch (by) {
      case 'no-capability':
        return { rule: 'no-acs', port, missing };
      case 'capability':
        return { rule: 'acs-bits', port, missing };
      case 'quirk':
      case 'override':
        return { rule: 'quirk', port };
      case 'kind':
        return { rule: 'pci-bridge', port };
    }
  }

  /** get_pci_alias_group: the device's own group, else that of a device on its bus that it aliases or that aliases it. */
  #aliasGroup(device: Device, seen: Set<number>, rule: JoinRule = 'alias'): Found | null {
    if (seen.has(device.devfn)) return null;
    seen.add(device.devfn);
    const own = this.#groupOf.get(device.address);
    if (own) return { group: own, join: { rule, port: device.address } };
    if (this.#aliases.size === 0) return null;
    for (const other of this.#onBus.get(device.busKey) ?? []) {
      if (other === device || !this.#areAliases(device, other)) continue;
      const found = this.#aliasGroup(other, seen) ?? this.#functionGroup(other, seen);
      if (found) return found;
    }
    return null;
  }

  #areAliases(one: Device, other: Device): boolean {
    return (
      (this.#aliases.get(one.address)?.has(other.devfn) ?? false) ||
      (this.#aliases.get(other.address)?.has(one.devfn) ?? false)
    );
  }

  /** get_pci_function_alias_group: functions of one slot that nothing keeps apart. */
  #functionGroup(device: Device, seen: Set<number>): Found | null {
    if (!device.multifunction || this.#isolationOf(device).isolated) return null;
    for (const other of this.#onBus.get(device.busKey) ?? []) {
      if (other === device || other.devfn >> 3 !== device.devfn >> 3) continue;
      if (this.#isolationOf(other).isolated) continue;
      const found = this.#aliasGroup(other, seen, 'multifunction');
      if (found) return found;
    }
    return null;
  }

  #isolationOf(device: Device): Isolation {
    const known = this.#isolation.get(device.address);
    if (known) return known;
    const made = isolationOf(this.#byAddress.get(device.address) ?? device, this.#context);
    this.#isolation.set(device.address, made);
    return made;
  }
}
