import type { DeviceScope } from '../acpi/device-scope.ts';
import { formatAddress, type PciAddress } from '../address.ts';
import { upstream, type Device } from '../grouping/device.ts';
import type { DmarUnit } from './dmar-units.ts';
import { requesterOf, type IvrsUnit } from './ivrs-units.ts';
import { isPciScope, type ScopeIndex } from './scope-index.ts';
import type { UnitScope } from './shape.ts';

const hex2 = (value: number): string => value.toString(16).padStart(2, '0');

/** `00:1c.4/00.0`: the bus that the path starts from, then device.function of each hop. */
const pathOf = ({ bus, path }: DeviceScope): string => `${hex2(bus)}:${path.join('/')}`;

/**
 * The device scope entries of a DRHD that name PCI functions, each with those of the unit's own functions that it brings:
 * the one that it names, and all below it where that is a bridge (drivers/iommu/intel/iommu.c is_downstream_to_pci_bridge).
 * What the unit takes because nobody else names it comes last, under no entry.
 */
export function dmarScopes(
  unit: DmarUnit,
  owned: readonly Device[],
  index: ScopeIndex,
  listed: (device: Device) => Device,
): UnitScope[] {
  const entries = unit.scope.flatMap((scope, entry) =>
    isPciScope(scope) ? [{ scope, entry, device: index.find(scope, unit.segment)?.device ?? null }] : [],
  );
  const brought = new Map<number | null, PciAddress[]>();
  for (const device of owned) {
    const above = upstream(listed(device));
    // The nearest name counts: an endpoint's own before that of a bridge above it.
    const by = above.flatMap((each) => entries.find((one) => one.device === each) ?? [])[0]?.entry ?? null;
    brought.set(by, [...(brought.get(by) ?? []), device.address]);
  }
  const named = entries.map(({ scope, entry, device }): UnitScope => ({
    entry,
    kind: scope.type === 2 ? 'bridge' : 'endpoint',
    from: pathOf(scope),
    to: null,
    names: device?.address ?? null,
    owns: brought.get(entry) ?? [],
  }));
  const rest = brought.get(null) ?? [];
  return rest.length === 0
    ? named
    : [...named, { entry: null, kind: 'rest', from: '', to: null, names: null, owns: rest }];
}

interface Span {
  readonly entry: number;
  readonly kind: UnitScope['kind'];
  /** requester ids, both included */
  readonly from: number;
  readonly to: number;
}

/** The spans of requester ids that the entries of an IVHD block give to its unit (drivers/iommu/amd/init.c init_iommu_from_acpi). */
function spansOf({ entries }: IvrsUnit): Span[] {
  const spans: Span[] = [];
  let open: { entry: number; from: number; kind: UnitScope['kind'] } | null = null;
  let alias: number | null = null;
  for (const [entry, { type, deviceId, sourceDeviceId }] of entries.entries()) {
    const one = (kind: UnitScope['kind'], id: number): Span => ({ entry, kind, from: id, to: id });
    switch (type) {
      case 1:
        spans.push({ entry, kind: 'all', from: 0, to: 0xffff });
        break;
      case 2:
      case 0x46:
        spans.push(one('one', deviceId));
        break;
      case 3:
      case 0x47:
        open = { entry, from: deviceId, kind: 'range' };
        alias = null;
        break;
      case 0x43:
        open = { entry, from: deviceId, kind: 'alias-range' };
        alias = sourceDeviceId ?? null;
        break;
      case 4:
        if (open) spans.push({ ...open, to: deviceId });
        if (open && alias !== null) spans.push(one('alias', alias));
        open = null;
        break;
      case 0x42:
        spans.push(one('alias', deviceId));
        if (sourceDeviceId !== undefined) spans.push(one('alias', sourceDeviceId));
        break;
      case 0x48:
        if (sourceDeviceId !== undefined) spans.push(one('special', sourceDeviceId));
        break;
      case 0xf0:
        spans.push(one('special', deviceId));
        break;
    }
  }
  return spans;
}

/** The entries of an IVHD block, each with those of the unit's own functions that it brings; a later entry stands over an earlier one. */
export function ivrsScopes(
  unit: IvrsUnit,
  owned: readonly Device[],
  byAddress: ReadonlyMap<PciAddress, Device>,
  listed: (device: Device) => Device,
): UnitScope[] {
  const spans = spansOf(unit);
  const covering = (device: Device): number => {
    const id = requesterOf(device);
    return spans.reduce((found, { from, to }, at) => (id >= from && id <= to ? at : found), -1);
  };
  const brought = new Map<number, PciAddress[]>();
  for (const device of owned) {
    const own = covering(device);
    const at = own === -1 ? covering(listed(device)) : own;
    brought.set(at, [...(brought.get(at) ?? []), device.address]);
  }
  const idText = (id: number): PciAddress =>
    formatAddress({ domain: unit.segment, bus: id >> 8, device: (id >> 3) & 0x1f, function: id & 7 });
  return spans.map(({ entry, kind, from, to }, at): UnitScope => ({
    entry,
    kind,
    from: kind === 'all' ? '' : idText(from),
    to: from === to || kind === 'all' ? null : idText(to),
    names: from === to ? (byAddress.get(idText(from))?.address ?? null) : null,
    owns: brought.get(at) ?? [],
  }));
}
