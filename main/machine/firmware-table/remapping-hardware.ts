import { decodeTable, isTableProblem, type DmarTable, type IvrsTable } from '../acpi/decode-table.ts';
import { compareAddresses, formatAddress, parseAddress, type PciAddress } from '../address.ts';
import { known, unknown, type Fact } from '../fact.ts';
import type { Device } from '../grouping/device.ts';
import { devicesOf } from '../grouping/devices-of.ts';
import { isBehindVmd } from '../grouping/dma-aliases.ts';
import { listedAs } from '../grouping/units.ts';
import type { Machine } from '../machine.ts';
import type { PciFunction } from '../pci-function.ts';
import { dmarFaults } from './dmar-faults.ts';
import { dmarOwners, dmarUnitsOf, takesTheRest } from './dmar-units.ts';
import { ivrsFaults } from './ivrs-faults.ts';
import { ivrsOwners, ivrsUnitsOf, requesterOf } from './ivrs-units.ts';
import { dmarRanges, ivrsRanges } from './reserved-ranges.ts';
import { isPciScope, ScopeIndex } from './scope-index.ts';
import type { MemoryRange, RemappingHardware } from './shape.ts';
import { bytesOfHex } from './table-hex.ts';
import { dmarScopes, ivrsScopes } from './unit-scopes.ts';

type Unit = RemappingHardware['units'][number];

/** Parts of a machine that decide what its firmware's table means. */
export interface TableSurroundings {
  readonly tables: Machine['firmware']['tables'];
  readonly functions: readonly PciFunction[];
  readonly memoryMap: Fact<MemoryRange[]>;
  /** ids of the board's IOAPICs; null: not known */
  readonly ioApics: readonly number[] | null;
}

/** The first DMAR or IVRS among the tables, joined to the functions. Its bytes are root's alone. */
export function readRemappingHardware({
  tables,
  functions,
  memoryMap,
  ioApics,
}: TableSurroundings): Fact<RemappingHardware | null> {
  if (!tables.known) return tables;
  const found = tables.value.find(({ signature }) => signature === 'DMAR' || signature === 'IVRS');
  if (!found) return known(null, 'derived', tables.where);
  const where = `/sys/firmware/acpi/tables/${found.signature}`;
  if (found.data === null) return unknown('root', where);
  const table = decodeTable(bytesOfHex(found.data));
  if (isTableProblem(table)) return unknown('readable-file', `${where}, offset ${table.offset}`);
  const devices = devicesOf(functions, null);
  const map = memoryMap.known ? memoryMap.value : null;
  const headers = new Map(functions.map(({ address, header }) => [address, header]));
  const joined =
    table.signature === 'DMAR'
      ? joinDmar(table, devices, map, (device) => headers.get(device.address) ?? 'unknown', ioApics)
      : joinIvrs(table, devices, map, ioApics);
  return known(joined, 'derived', where);
}

/** An IOMMU of AMD is a function itself, and translates nothing of its own. */
const isUnitItself = ({ classCode }: Device): boolean => classCode >>> 8 === 0x0806;

/** The devices of these addresses. */
const devicesAt = (byAddress: ReadonlyMap<PciAddress, Device>, addresses: readonly PciAddress[]): Device[] =>
  addresses.flatMap((address) => byAddress.get(address) ?? []);

interface Ownership<U> {
  readonly owned: ReadonlyMap<U, PciAddress[]>;
  readonly unowned: PciAddress[];
}

function ownership<U>(devices: Iterable<Device>, ownerOf: (device: Device) => U | null): Ownership<U> {
  const owned = new Map<U, PciAddress[]>();
  const unowned: PciAddress[] = [];
  for (const device of [...devices].sort((a, b) => compareAddresses(a.address, b.address))) {
    if (isUnitItself(device)) continue;
    const owner = ownerOf(device);
    const others = owner === null ? unowned : owned.get(owner);
    if (others) others.push(device.address);
    else if (owner !== null) owned.set(owner, [device.address]);
  }
  return { owned, unowned };
}

function joinDmar(
  table: DmarTable,
  byAddress: ReadonlyMap<PciAddress, Device>,
  map: readonly MemoryRange[] | null,
  headerOf: (device: Device) => PciFunction['header'],
  ioApics: readonly number[] | null,
): RemappingHardware {
  const devices = [...byAddress.values()];
  const index = new ScopeIndex(devices);
  const units = dmarUnitsOf(table);
  const ownerOf = dmarOwners(units, index);
  const listed = listedAs(byAddress);
  const { owned, unowned } = ownership(
    // Of a VMD domain whose controller is not shown, nobody can say whose it is.
    devices.filter((device) => !isBehindVmd(listed(device))),
    (device) => ownerOf(listed(device)),
  );
  const ranges = dmarRanges(table, devices, index, map);
  const ats = table.structures.flatMap((each) => (each.type === 'ATSR' ? [each] : []));
  const ports = ats.flatMap(({ scope, segment }) =>
    scope.flatMap((each) => (isPciScope(each) ? (index.find(each, segment)?.device.address ?? []) : [])),
  );
  return {
    table: 'DMAR',
    flags: table.flags,
    units: units.map((unit): Unit => {
      const proximity = table.structures.flatMap((each) =>
        each.type === 'RHSA' && each.registerBaseAddress === unit.registerBaseAddress ? [each.proximityDomain] : [],
      )[0];
      return {
        structure: unit.structure,
        registerBase: unit.registerBaseAddress,
        segment: unit.segment,
        takesTheRest: takesTheRest(unit),
        function: null,
        owns: owned.get(unit) ?? [],
        scopes: dmarScopes(unit, devicesAt(byAddress, owned.get(unit) ?? []), index, listed),
        interruptSources: unit.scope.flatMap(({ type, enumerationId, bus, path }) =>
          type === 3 || type === 4
            ? [
                {
                  kind: type === 3 ? ('ioapic' as const) : ('hpet' as const),
                  id: enumerationId,
                  requester: requesterOfPath(unit.segment, bus, path),
                },
              ]
            : [],
        ),
        namespaceDevices: unit.scope.flatMap(({ type, enumerationId }) => {
          if (type !== 5) return [];
          const name = table.structures.find((each) => each.type === 'ANDD' && each.deviceNumber === enumerationId);
          return [name?.type === 'ANDD' ? name.deviceName : `device ${enumerationId}`];
        }),
        features: null,
        proximity: proximity ?? null,
      };
    }),
    unowned,
    aliases: [],
    reserved: ranges,
    atsPorts: { all: ats.some(({ flags }) => flags.includes('ALL_PORTS')), ports: ports.sort(compareAddresses) },
    faults: dmarFaults(table, { devices, index, headerOf, ranges, ioApics }),
  };
}

/** IOAPICs and HPETs have a requester id without being functions; behind a bridge its bus is not in the table. */
function requesterOfPath(segment: number, bus: number, path: readonly string[]): PciAddress | null {
  const [hop] = path;
  if (path.length !== 1 || hop === undefined) return null;
  return parseAddress(`${segment.toString(16).padStart(4, '0')}:${bus.toString(16).padStart(2, '0')}:${hop}`);
}

function joinIvrs(
  table: IvrsTable,
  byAddress: ReadonlyMap<PciAddress, Device>,
  map: readonly MemoryRange[] | null,
  ioApics: readonly number[] | null,
): RemappingHardware {
  const devices = [...byAddress.values()];
  const units = ivrsUnitsOf(table);
  const { ownerOf, aliasOf } = ivrsOwners(units);
  const listed = listedAs(byAddress);
  const { owned, unowned } = ownership(devices, (device) => {
    const real = listed(device);
    return ownerOf(device.domain, requesterOf(device)) ?? ownerOf(real.domain, requesterOf(real));
  });
  const ranges = ivrsRanges(table, devices, map);
  return {
    table: 'IVRS',
    flags: virtualizationFlags(table.virtualizationInfo),
    units: units.map((unit): Unit => ({
      structure: unit.structure,
      registerBase: unit.baseAddress,
      segment: unit.segment,
      takesTheRest: unit.entries.some(({ type }) => type === 1),
      function: addressOf(unit.segment, unit.deviceId),
      owns: owned.get(unit) ?? [],
      scopes: ivrsScopes(unit, devicesAt(byAddress, owned.get(unit) ?? []), byAddress, listed),
      interruptSources: unit.entries.flatMap(({ type, variety, handle, sourceDeviceId }) =>
        type === 0x48 && (variety === 1 || variety === 2)
          ? [
              {
                kind: variety === 1 ? ('ioapic' as const) : ('hpet' as const),
                id: handle ?? 0,
                requester: sourceDeviceId === undefined ? null : addressOf(unit.segment, sourceDeviceId),
              },
            ]
          : [],
      ),
      namespaceDevices: unit.entries.flatMap(({ type, hid, uid }) =>
        type === 0xf0 ? [uid === undefined || uid === '' ? (hid ?? '') : `${hid ?? ''}:${uid}`] : [],
      ),
      features: unit.efrImage ?? null,
      proximity: null,
    })),
    unowned,
    aliases: devices
      .flatMap((device) => {
        const to = aliasOf(device.domain, requesterOf(device));
        return to === null ? [] : [{ function: device.address, requester: addressOf(device.domain, to) }];
      })
      .sort((a, b) => compareAddresses(a.function, b.function)),
    reserved: ranges,
    atsPorts: { all: false, ports: [] },
    faults: ivrsFaults(table, { devices, ranges, ioApics }),
  };
}

const addressOf = (domain: number, requester: number): PciAddress =>
  formatAddress({ domain, bus: requester >> 8, device: (requester >> 3) & 0x1f, function: requester & 7 });

/** Flags of IVinfo (AMD IOMMU specification 48882, 5.2.1). */
const virtualizationFlagNames = [
  [0, 'EFRSup'],
  [1, 'DmaRemapSup'],
  [22, 'HtAtsResv'],
] as const;

const virtualizationFlags = (info: number): string[] =>
  virtualizationFlagNames.flatMap(([bit, name]) => ((info >>> bit) & 1 ? [name] : []));
