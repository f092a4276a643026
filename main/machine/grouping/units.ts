import { decodeTable, isTableProblem, type DmarTable, type IvrsTable } from '../acpi/decode-table.ts';
import type { DeviceScope } from '../acpi/device-scope.ts';
import type { PciAddress } from '../address.ts';
import type { Machine } from '../machine.ts';
import { rootOf, upstream, type Device } from './device.ts';

/** What the firmware's table says about single functions. */
export interface UnitScope {
  readonly table: 'DMAR' | 'IVRS' | null;
  /** a unit owns it */
  readonly covers: (device: Device) => boolean;
  /** devfns on its bus that it also uses, by the table (AMD) */
  readonly aliases: (device: Device) => readonly number[];
}

const everything: UnitScope = { table: null, covers: () => true, aliases: () => [] };

/** Whom the units of the DMAR or IVRS in a machine own; everyone where it has no readable table. */
export function unitScope(machine: Machine, devices: ReadonlyMap<PciAddress, Device>): UnitScope {
  const tables = machine.firmware.tables.known ? machine.firmware.tables.value : [];
  for (const { signature, data } of tables) {
    if ((signature !== 'DMAR' && signature !== 'IVRS') || data === null) continue;
    const table = decodeTable(bytesOf(data));
    if (isTableProblem(table)) continue;
    const units = table.structures.filter(({ type }) => type === 'DRHD' || type === 'IVHD');
    // A table without any unit makes no IOMMU: nothing could be read from it.
    if (units.length === 0) continue;
    return table.signature === 'DMAR' ? dmarScope(table, devices) : ivrsScope(table, devices);
  }
  return everything;
}

function bytesOf(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Virtual functions stand in no table: their physical function's place counts (drivers/iommu/intel/iommu.c device_lookup_iommu). */
const listedAs = (device: Device, devices: ReadonlyMap<PciAddress, Device>): Device =>
  (device.physical === null ? undefined : devices.get(device.physical)) ?? device;

function dmarScope(table: DmarTable, devices: ReadonlyMap<PciAddress, Device>): UnitScope {
  const all = [...devices.values()];
  const wholeSegments = new Set<number>();
  const listed = new Set<Device>();
  for (const structure of table.structures) {
    if (structure.type !== 'DRHD') continue;
    if (structure.flags.includes('INCLUDE_PCI_ALL')) wholeSegments.add(structure.segment);
    for (const scope of structure.scope) {
      const device = resolve(scope, structure.segment, all);
      if (device) listed.add(device);
    }
  }
  return {
    table: 'DMAR',
    aliases: () => [],
    covers: (device) => {
      const own = listedAs(device, devices);
      if (wholeSegments.has(own.domain)) return true;
      // Everything below a listed bridge is its unit's too, whatever kind of entry lists it (is_downstream_to_pci_bridge).
      return upstream(own).some((each) => listed.has(each));
    },
  };
}

/** drivers/iommu/intel/dmar.c dmar_match_pci_path: hop by hop from a root bus, or a single hop on the bus as it is numbered. */
function resolve(scope: DeviceScope, segment: number, all: readonly Device[]): Device | null {
  if (scope.type !== 1 && scope.type !== 2) return null;
  const hops = scope.path.map((hop) => {
    const [device, fn] = hop.split('.');
    return parseInt(device ?? '', 16) * 8 + parseInt(fn ?? '', 16);
  });
  const matching = all.filter((device) => device.domain === segment && device.devfn === hops.at(-1));
  const byPath = matching.find((device) => {
    const chain = upstream(device).reverse();
    return (
      chain.length === hops.length &&
      rootOf(device).bus === scope.bus &&
      chain.every((each, i) => each.devfn === hops[i])
    );
  });
  if (byPath) return byPath;
  return hops.length === 1 ? (matching.find((device) => device.bus === scope.bus) ?? null) : null;
}

/** Types of IVHD blocks that Linux reads, best first; blocks of the others say the same in less detail (drivers/iommu/amd/init.c get_highest_supported_ivhd_type). */
const blockTypes = [0x40, 0x11, 0x10];

function ivrsScope(table: IvrsTable, devices: ReadonlyMap<PciAddress, Device>): UnitScope {
  const blocks = table.structures.flatMap((each) => (each.type === 'IVHD' ? [each] : []));
  const best = blockTypes.find((type) => blocks.some((block) => block.blockType === type));
  const covered = new Map<number, Uint8Array>();
  const aliases = new Map<string, number>();
  for (const block of blocks) {
    if (block.blockType !== best) continue;
    const of = covered.get(block.segment) ?? new Uint8Array(0x10000);
    covered.set(block.segment, of);
    let range: { from: number; to: number | null } | null = null;
    for (const { type, deviceId, sourceDeviceId } of block.entries) {
      switch (type) {
        case 1: // all
          of.fill(1);
          break;
        case 2: // one function, plain or with extended data
        case 0x46:
          of[deviceId] = 1;
          break;
        case 3: // where a range begins
        case 0x47:
          range = { from: deviceId, to: null };
          break;
        case 0x43: // where a range begins whose functions all use another requester id
          range = { from: deviceId, to: sourceDeviceId ?? null };
          break;
        case 4: // where it ends
          if (range) of.fill(1, range.from, deviceId + 1);
          if (range?.to != null) {
            of[range.to] = 1;
            for (let id = range.from; id <= deviceId; id++) aliases.set(`${block.segment}:${id}`, range.to);
          }
          range = null;
          break;
        case 0x42: // one function that uses another requester id
          of[deviceId] = 1;
          if (sourceDeviceId !== undefined) {
            of[sourceDeviceId] = 1;
            aliases.set(`${block.segment}:${deviceId}`, sourceDeviceId);
          }
          break;
        case 0x48: // an IOAPIC or HPET
          if (sourceDeviceId !== undefined) of[sourceDeviceId] = 1;
          break;
        case 0xf0: // an ACPI device
          of[deviceId] = 1;
          break;
      }
    }
  }
  const idOf = (device: Device): number => (device.bus << 8) | device.devfn;
  return {
    table: 'IVRS',
    covers: (device) => {
      const own = listedAs(device, devices);
      return covered.get(device.domain)?.[idOf(device)] === 1 || covered.get(own.domain)?.[idOf(own)] === 1;
    },
    // Only one on the same bus is an alias to the PCI core as well (drivers/iommu/amd/iommu.c setup_aliases).
    aliases: (device) => {
      const to = aliases.get(`${device.domain}:${idOf(device)}`);
      return to !== undefined && to !== idOf(device) && to >> 8 === device.bus ? [to & 0xff] : [];
    },
  };
}
