import { compareAddresses, slotOf, type PciAddress } from '../address.ts';
import { valueOr } from '../fact.ts';
import type { Machine } from '../machine.ts';
import { acsSettings, type AcsChoice } from './acs-settings.ts';
import { assumptionsOf, type Assumption } from './assumptions.ts';
import { devicesOf } from './devices-of.ts';
import type { Join } from './join.ts';
import { GroupMaker } from './group-maker.ts';
import type { Move } from './movable.ts';
import { probeOrder } from './probe-order.ts';
import { unitScope } from './units.ts';

export interface PredictedGroup {
  /** counted from 0 by the first device of each */
  readonly id: number;
  readonly devices: readonly PciAddress[];
  readonly joins: readonly Join[];
}

export interface Prediction {
  readonly groups: readonly PredictedGroup[];
  readonly assumed: readonly Assumption[];
}

export interface PredictionOptions {
  readonly acs: AcsChoice;
  readonly move: Move | null;
}

export const asItIs: PredictionOptions = { acs: { kind: 'as-is' }, move: null };

const iommuClass = 0x0806;
const amdVendors: readonly number[] = [0x1022, 0x1002];

/**
 * The groups that Linux makes once its IOMMU is on: pci_device_group of drivers/iommu/iommu.c, the same in 6.1, 6.12 and 7.2,
 * device after device in the kernel's order. The kernel's own groups in the machine are not looked at.
 */
export function predictGroups(machine: Machine, { acs, move }: PredictionOptions = asItIs): Prediction {
  const devices = devicesOf(machine.functions, move);
  const scope = unitScope(machine, devices);
  const settings = acsSettings(
    valueOr(machine.kernel.commandLine, ''),
    acs,
    !valueOr(machine.kernel.acsOverridePatch, true),
  );
  const tables = valueOr(machine.firmware.tables, null);
  // An AMD southbridge with its IOMMU on has the table, whether the source shows it or the firmware's switch is still off.
  const ivrs = tables === null || !tables.some(({ signature }) => signature === 'DMAR');
  const maker = new GroupMaker([...devices.values()], { settings, ivrs }, scope);
  for (const device of probeOrder(devices.values())) {
    const isUnit =
      device.classCode >>> 8 === iommuClass && device.ids.some(({ vendor }) => amdVendors.includes(vendor));
    if (!isUnit && scope.covers(device)) maker.place(device);
  }
  const groups = maker.groups
    .map(({ devices: members, joins }) => ({ devices: [...members].sort(compareAddresses), joins }))
    .sort((a, b) => (a.devices[0] && b.devices[0] ? compareAddresses(a.devices[0], b.devices[0]) : 0))
    .map((group, id) => ({ id, ...group }));
  const assumed = assumptionsOf(machine, [...devices.values()], scope, settings, maker);
  const integrated = machine.functions.find((fn) => move?.slots.includes(slotOf(fn.address)) === true && !fn.parent);
  return {
    groups,
    assumed: integrated ? [...assumed, { code: 'moved-integrated', device: integrated.address }] : assumed,
  };
}
