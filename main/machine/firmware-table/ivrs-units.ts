import type { IvrsTable } from '../acpi/decode-table.ts';
import type { IvrsBlock } from '../acpi/ivrs-blocks.ts';
import type { Device } from '../grouping/device.ts';

export type IvrsUnit = Extract<IvrsBlock, { type: 'IVHD' }> & {
  /** place in the table, from 0 */
  readonly structure: number;
};

/** Types of IVHD blocks that Linux reads, best first; blocks of the others say the same in less detail (drivers/iommu/amd/init.c get_highest_supported_ivhd_type). */
const blockTypes = [0x40, 0x11, 0x10];

/** The blocks that count: one a unit. */
export function ivrsUnitsOf(table: IvrsTable): IvrsUnit[] {
  const blocks = table.structures.flatMap((each, structure) => (each.type === 'IVHD' ? [{ ...each, structure }] : []));
  const best = blockTypes.find((type) => blocks.some((block) => block.blockType === type));
  return blocks.filter((block) => block.blockType === best);
}

export const requesterOf = (device: Device): number => (device.bus << 8) | device.devfn;

/** What the blocks say of each requester id, as init_iommu_from_acpi of drivers/iommu/amd/init.c reads them. */
export interface IvrsOwners {
  readonly ownerOf: (segment: number, requester: number) => IvrsUnit | null;
  /** the requester id that one really uses; null: its own */
  readonly aliasOf: (segment: number, requester: number) => number | null;
}

export function ivrsOwners(units: readonly IvrsUnit[]): IvrsOwners {
  const owners = new Map<number, Int32Array>();
  const aliases = new Map<number, Int32Array>();
  const tableOf = (tables: Map<number, Int32Array>, segment: number): Int32Array => {
    const made = tables.get(segment) ?? new Int32Array(0x10000).fill(-1);
    tables.set(segment, made);
    return made;
  };
  for (const [place, unit] of units.entries()) {
    const of = tableOf(owners, unit.segment);
    const alias = tableOf(aliases, unit.segment);
    let range: { from: number; to: number | null } | null = null;
    for (const { type, deviceId, sourceDeviceId } of unit.entries) {
      switch (type) {
        case 1: // all
          of.fill(place);
          break;
        case 2: // one function, plain or with extended data
        case 0x46:
          of[deviceId] = place;
          break;
        case 3: // where a range begins
        case 0x47:
          range = { from: deviceId, to: null };
          break;
        case 0x43: // where a range begins whose functions all use another requester id
          range = { from: deviceId, to: sourceDeviceId ?? null };
          break;
        case 4: // where it ends
          if (range) of.fill(place, range.from, deviceId + 1);
          if (range?.to != null) {
            of[range.to] = place;
            alias.fill(range.to, range.from, deviceId + 1);
          }
          range = null;
          break;
        case 0x42: // one function that uses another requester id
          of[deviceId] = place;
          if (sourceDeviceId !== undefined) {
            of[sourceDeviceId] = place;
            alias[deviceId] = sourceDeviceId;
          }
          break;
        case 0x48: // an IOAPIC or HPET
          if (sourceDeviceId !== undefined) of[sourceDeviceId] = place;
          break;
        case 0xf0: // an ACPI device
          of[deviceId] = place;
          break;
      }
    }
  }
  const at = (tables: Map<number, Int32Array>, segment: number, requester: number): number =>
    tables.get(segment)?.[requester] ?? -1;
  return {
    ownerOf: (segment, requester) => units[at(owners, segment, requester)] ?? null,
    aliasOf: (segment, requester) => {
      const to = at(aliases, segment, requester);
      return to < 0 || to === requester ? null : to;
    },
  };
}
