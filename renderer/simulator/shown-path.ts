import { deviceName } from '../../main/machine/device-name.ts';
import { valueOr } from '../../main/machine/fact.ts';
import type { Machine } from '../../main/machine/machine.ts';
import type { AcsBit, PciFunction, PortType } from '../../main/machine/pci-function.ts';
import type { Trace } from '../../main/remapping/trace.ts';
import { deviceKindOf } from '../kit/device-kind.ts';
import type { DeviceKind } from '../kit/device-kind.ts';
import type { Story } from './simulator.svelte.ts';

/** How one of the seven ACS bits of a port stands; `wired`: there is ACS and this bit is not offered. */
export type AcsState = 'on' | 'off' | 'wired' | 'absent' | 'unknown';

/** In register order, as machine/pci-function.ts has them. */
export const acsBits: readonly AcsBit[] = ['SV', 'TB', 'RR', 'CR', 'UF', 'EC', 'DT'];

export interface ShownPort {
  readonly address: string;
  readonly type: PortType | null;
  /** in the order of `acsBits` */
  readonly acs: readonly AcsState[];
}

/** What is known of the path besides the trace: names and measured bits of the machine it belongs to. */
export interface ShownPath {
  readonly device: {
    readonly address: string;
    readonly name: string;
    readonly kind: DeviceKind;
    readonly driver: string | null;
    readonly group: number | null;
  };
  readonly ports: readonly ShownPort[];
  readonly unit: {
    /** in the kernel, `dmar0`; null where the source does not tell */
    readonly name: string | null;
    /** `instead`: another machine's, because this one's is of a kind that is not simulated */
    readonly stands: Story['unit'];
  };
  /** the ports' bits were read; false: the path is another machine's and only what the trace says is known */
  readonly measured: boolean;
}

function acsOf(fn: PciFunction | undefined): readonly AcsState[] {
  if (!fn?.acs.known) return acsBits.map(() => 'unknown');
  const { value } = fn.acs;
  if (value === null) return acsBits.map(() => 'absent');
  const { capability, control } = value;
  if (control === null) return acsBits.map(() => 'unknown');
  return acsBits.map((_, bit) => {
    if ((control >> bit) & 1) return 'on';
    return (capability >> bit) & 1 ? 'off' : 'wired';
  });
}

/** What of a recorded story the path is drawn from. */
type Told = Pick<Story, 'trace' | 'device' | 'unit'>;

/** Of the ports the trace tells one bit. */
const told = (port: Trace['path']['ports'][number]): readonly AcsState[] =>
  acsBits.map((bit) => (bit === 'SV' ? port.sourceValidation : 'unknown'));

/** `machine` null: the path is not the shown machine's. */
export function shownPath({ trace, device, unit }: Told, machine: Machine | null): ShownPath {
  const functions = new Map(machine?.functions.map((fn) => [fn.address, fn]));
  const fn = functions.get(trace.path.device);
  const groups = machine === null ? [] : valueOr(machine.groups, []);
  const units = machine === null ? [] : valueOr(machine.iommu.units, []);
  return {
    device: {
      address: trace.path.device,
      name: fn ? deviceName(fn) : device.name,
      kind: deviceKindOf(fn ? valueOr(fn.classCode, null) : null),
      driver: fn ? valueOr(fn.driver, null) : null,
      group: groups.find(({ devices }) => devices.includes(trace.path.device))?.id ?? null,
    },
    ports: trace.path.ports.map((port) => {
      const found = functions.get(port.address);
      return {
        address: port.address,
        type: found ? (valueOr(found.express, null)?.portType ?? null) : null,
        acs: machine === null ? told(port) : acsOf(found),
      };
    }),
    unit: {
      name: units.find(({ devices }) => devices.includes(trace.path.device))?.name ?? null,
      stands: unit,
    },
    measured: machine !== null,
  };
}
