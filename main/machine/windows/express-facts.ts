import { known, measured, unknown, type Fact } from '../fact.ts';
import type { Express, PciFunction, PortType } from '../pci-function.ts';
import type { Row } from './inventory.ts';

type Device = Row<'devices'>;

const property = (name: string): string => `DEVPKEY_PciDevice_${name}`;

/** DevProp_PciDevice_DeviceType_* and BridgeType_* of pciprop.h: null is conventional PCI; 5 and 13, "treated as PCI", hide the type. */
const types: Readonly<Record<number, PortType | null>> = {
  0: null,
  1: null,
  2: 'endpoint',
  3: 'legacy-endpoint',
  4: 'root-complex-endpoint',
  6: null,
  7: null,
  8: 'root-port',
  9: 'upstream-port',
  10: 'downstream-port',
  11: 'pcie-to-pci-bridge',
  12: 'pci-to-pcie-bridge',
  14: 'root-complex-event-collector',
};

/** GT/s by the Link Speed encoding of the PCIe base specification; pciprop.h names the first two of them. */
const speeds: Readonly<Record<number, number>> = { 1: 2.5, 2: 5, 3: 8, 4: 16, 5: 32, 6: 64 };

const lanes = (width: number | null): number | null =>
  width !== null && Number.isInteger(width) && width > 0 && width <= 32 ? width : null;

function linkOf({ linkSpeed, linkWidth, maxLinkSpeed, maxLinkWidth }: Device): Express['link'] {
  if (linkSpeed === null && maxLinkSpeed === null) return null;
  return {
    speed: linkSpeed === null ? null : (speeds[linkSpeed] ?? null),
    width: lanes(linkWidth),
    maxSpeed: maxLinkSpeed === null ? null : (speeds[maxLinkSpeed] ?? null),
    maxWidth: lanes(maxLinkWidth),
  };
}

/** Whether a slot is below, and function-level reset, Windows does not tell. */
function expressOf(device: Device): Fact<Express | null> {
  const where = property('DeviceType');
  const portType = device.type === null ? undefined : types[device.type];
  if (portType === undefined) return unknown('linux', where);
  if (portType === null) return measured(null, where);
  return measured({ portType, slotImplemented: false, flr: null, link: linkOf(device) }, where);
}

/**
 * The capability register as it is (AcsCapabilityRegister; zero also where there is none, and then AcsSupport tells which).
 * Its control register Windows does not tell.
 */
function acsOf({ acsCapability, acsSupport }: Device, express: Fact<Express | null>): PciFunction['acs'] {
  const where = property('AcsCapabilityRegister');
  if (express.known && express.value === null) return known(null, 'derived', property('DeviceType'));
  if (acsCapability === null || !Number.isInteger(acsCapability)) return unknown('linux', where);
  const present = 0;
  if (acsCapability === 0 && acsSupport !== present) return measured(null, where);
  return measured({ capability: acsCapability & 0xff, control: null }, where);
}

const msiBit = 2;
const msixBit = 4;

/** What a type's interrupts look like in detail is not told; that there are none is. */
function interruptsOf({ interrupts }: Device): Pick<PciFunction, 'msi' | 'msix'> {
  const where = property('InterruptSupport');
  const lacks = (bit: number): boolean => interrupts !== null && (interrupts & bit) === 0;
  return {
    msi: lacks(msiBit) ? measured(null, where) : unknown('linux', where),
    msix: lacks(msixBit) ? measured(null, where) : unknown('linux', where),
  };
}

/** Everything that is told of PCI Express. */
export function expressFacts(device: Device): Pick<PciFunction, 'express' | 'acs' | 'ats' | 'msi' | 'msix' | 'link'> {
  const express = expressOf(device);
  const where = property('CurrentLinkSpeed');
  return {
    express,
    acs: acsOf(device, express),
    ats: device.ats === false ? measured(null, property('AtsSupport')) : unknown('linux', property('AtsSupport')),
    ...interruptsOf(device),
    link: device.linkSpeed === null ? unknown('linux', where) : measured(linkOf(device), where),
  };
}
