import * as v from 'valibot';
import type { PciAddress } from '../../../main/machine/address.ts';
import { measured, unknown } from '../../../main/machine/fact.ts';
import type { Group } from '../../../main/machine/machine.ts';
import { withPlaces } from '../../../main/machine/path.ts';
import { pciFunctionShape, type PciFunction, type PortType } from '../../../main/machine/pci-function.ts';

export const at = (text: string): PciAddress => (text.length === 7 ? `0000:${text}` : text) as PciAddress;

export interface Sketch {
  readonly at: string;
  /** 24-bit class code; ports need none */
  readonly code?: number;
  readonly name?: string;
  readonly driver?: string;
  /** bus below, for a port */
  readonly below?: number;
  readonly last?: number;
  readonly port?: PortType;
  /** capability and control masks; null: no capability; absent: not readable */
  readonly acs?: { readonly capability: number; readonly control: number } | null;
  readonly multifunction?: boolean;
}

const not = unknown('fuller-source', 'sketch');

/** Functions of a machine that only says what a test needs. */
export function functionsOf(sketches: readonly Sketch[]): PciFunction[] {
  const functions = sketches.map((sketch) => {
    const bridge =
      sketch.below === undefined ? null : { secondary: sketch.below, subordinate: sketch.last ?? sketch.below };
    const express = bridge === null ? null : (sketch.port ?? 'root-port');
    return {
      address: at(sketch.at),
      ids: measured(
        { vendor: 0x1234, device: 0x5678, subsystemVendor: null, subsystemDevice: null, revision: 1 },
        'ids',
      ),
      classCode: measured(bridge === null ? (sketch.code ?? 0x030000) : 0x060400, 'class'),
      names: { vendor: 'Maker', device: sketch.name ?? 'Thing', subsystem: null, class: null },
      driver: measured(sketch.driver ?? null, 'driver'),
      header: bridge === null ? ('endpoint' as const) : ('bridge' as const),
      multifunction: sketch.multifunction ?? false,
      bridge,
      configBytes: 0,
      capabilities: not,
      express:
        express === null
          ? measured(null, 'express')
          : measured({ portType: express, slotImplemented: false, flr: null, link: null }, 'express'),
      acs: sketch.acs === undefined ? unknown('root', 'config 100h') : measured(sketch.acs, 'config 100h'),
      ats: not,
      sriov: not,
      physicalFunction: null,
      resizableBars: not,
      msi: not,
      msix: not,
      bars: not,
      resetMethods: not,
      bootVga: not,
      numaNode: null,
    };
  });
  return withPlaces(functions).map((fn) => v.parse(pciFunctionShape, fn));
}

export const groupOf = (id: number, ...devices: string[]): Group => ({
  id,
  devices: devices.map(at),
  type: null,
  reserved: [],
});

export const allFour = { capability: 0x1d, control: 0x1d };

/** A root port with full ACS above a switch without, two cards and a disk behind it: one accident. */
export const accident = functionsOf([
  { at: '00:00.0', code: 0x060000, name: 'Root Complex' },
  { at: '00:01.0', below: 1, last: 5, acs: allFour },
  { at: '01:00.0', below: 2, last: 5, port: 'upstream-port', acs: null },
  { at: '02:01.0', below: 3, port: 'downstream-port', acs: null },
  { at: '02:02.0', below: 4, port: 'downstream-port', acs: null },
  { at: '02:03.0', below: 5, port: 'downstream-port', acs: null },
  { at: '03:00.0', code: 0x030000, name: 'GP1 [Card One]', driver: 'nvidia' },
  { at: '03:00.1', code: 0x040300, name: 'GP1 Audio Controller' },
  { at: '04:00.0', code: 0x010601, name: 'SATA Controller', driver: 'ahci' },
]);
export const accidentGroups = [
  groupOf(0, '00:00.0'),
  groupOf(1, '00:01.0'),
  groupOf(2, '01:00.0', '02:01.0', '02:02.0', '02:03.0', '03:00.0', '03:00.1', '04:00.0'),
];
