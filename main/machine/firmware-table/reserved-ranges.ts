import type { DmarTable, IvrsTable } from '../acpi/decode-table.ts';
import { compareAddresses } from '../address.ts';
import { upstream, type Device } from '../grouping/device.ts';
import { requesterOf } from './ivrs-units.ts';
import { memoryOf } from './memory-map.ts';
import { isPciScope, type ScopeIndex } from './scope-index.ts';
import type { MemoryRange, ReservedRange } from './shape.ts';

type RangeDevice = ReservedRange['devices'][number];

/** Firmware has a dozen; a forged table could hold forty thousand, each over all functions. */
const mostRanges = 256;

/** Graphics and USB controllers: Linux takes it that firmware uses their ranges before it starts only (drivers/iommu/intel/iommu.c device_rmrr_is_relaxable). */
export const relaxable = ({ classCode }: Pick<Device, 'classCode'>): boolean =>
  classCode >>> 16 === 0x03 || classCode >>> 8 === 0x0c03;

const inOrder = (devices: RangeDevice[]): RangeDevice[] =>
  devices.sort((a, b) => compareAddresses(a.address, b.address));

const describe = (
  structure: number,
  start: bigint,
  end: bigint,
  devices: RangeDevice[],
  map: readonly MemoryRange[] | null,
): ReservedRange => ({
  structure,
  start: `0x${start.toString(16)}`,
  end: `0x${end.toString(16)}`,
  devices: inOrder(devices),
  memory: map === null ? null : memoryOf(start, end, map),
});

/** The RMRRs of a DMAR, each with the functions that its scopes name and all below bridges among them (iommu.c intel_iommu_get_resv_regions). */
export function dmarRanges(
  table: DmarTable,
  devices: readonly Device[],
  index: ScopeIndex,
  map: readonly MemoryRange[] | null,
): ReservedRange[] {
  const ranges = table.structures
    .flatMap((each, structure) => (each.type === 'RMRR' ? [{ ...each, structure }] : []))
    .slice(0, mostRanges);
  return ranges.map((each) => {
    const named = new Set(
      each.scope.flatMap((scope) => (isPciScope(scope) ? (index.find(scope, each.segment)?.device ?? []) : [])),
    );
    const under = named.size === 0 ? [] : devices.filter((device) => upstream(device).some((one) => named.has(one)));
    return describe(
      each.structure,
      BigInt(each.baseAddress),
      BigInt(each.endAddress),
      under.map((device) => ({
        address: device.address,
        kind: relaxable(device) ? 'direct-relaxable' : 'direct',
      })),
      map,
    );
  });
}

const wholeSegment = 0x20;
const oneDevice = 0x21;

/** AMD's ranges are never given up (drivers/iommu/amd/iommu.c amd_iommu_get_resv_regions); an exclusion range is mapped like a unity one (init.c init_unity_map_range). */
export function ivrsRanges(
  table: IvrsTable,
  devices: readonly Device[],
  map: readonly MemoryRange[] | null,
): ReservedRange[] {
  const ranges = table.structures
    .flatMap((each, structure) => (each.type === 'IVMD' ? [{ ...each, structure }] : []))
    .filter(({ flags }) => flags.includes('Unity') || flags.includes('ExclusionRange'))
    .slice(0, mostRanges);
  return ranges.map((each) => {
    const from = each.blockType === wholeSegment ? 0 : each.deviceId;
    const to = each.blockType === wholeSegment ? 0xffff : each.blockType === oneDevice ? from : each.auxiliaryData;
    const under = devices.filter((device) => {
      const requester = requesterOf(device);
      return device.domain === each.segment && requester >= from && requester <= to;
    });
    const start = BigInt(each.startAddress);
    const length = BigInt(each.memoryLength);
    return describe(
      each.structure,
      start,
      length === 0n ? start : start + length - 1n,
      under.map(({ address }) => ({ address, kind: 'direct' })),
      map,
    );
  });
}
