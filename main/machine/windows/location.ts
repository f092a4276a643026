import { formatAddress, type PciAddress } from '../address.ts';
import type { PciIds } from '../pci-function.ts';
import type { Row } from './inventory.ts';

/**
 * Where a PCI function sits. The bus number is that of PCI_SEGMENT_BUS_NUMBER (miniport.h): the bus in bits 7:0, the
 * segment in 23:8. The address is the device in the upper half and the function in the lower one (wdm.h
 * IoGetDeviceProperty, DevicePropertyAddress). The location's words are in the language of the system; its three numbers
 * come in the same order in all of them, and stand in where the other two are missing. Null: nothing says it.
 */
export function addressOf({ bus, address, location }: Row<'devices'>): PciAddress | null {
  const numbers: readonly number[] =
    bus !== null && address !== null
      ? [bus, address >>> 16, address & 0xffff]
      : (/^\D*(\d{1,8})\D+(\d{1,2})\D+(\d)\D*$/
          .exec(location ?? '')
          ?.slice(1)
          .map(Number) ?? []);
  const [whole, device, fn] = numbers;
  if (whole === undefined || device === undefined || fn === undefined) return null;
  if (!Number.isInteger(whole) || whole < 0 || whole > 0xffffff || device > 31 || fn > 7) return null;
  return formatAddress({ domain: whole >>> 8, bus: whole & 0xff, device, function: fn });
}

const pattern =
  /^PCI\\VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})(?:&SUBSYS_([0-9A-F]{4})([0-9A-F]{4}))?(?:&REV_([0-9A-F]{2}))?/i;
const hex = (digits: string | undefined): number | null => (digits === undefined ? null : parseInt(digits, 16));

/**
 * The ids in the first hardware id, `PCI\VEN_v(4)&DEV_d(4)&SUBSYS_s(4)n(4)&REV_r(2)`: the subsystem's own id stands before
 * its vendor's (learn.microsoft.com, Identifiers for PCI Devices). All zero is no subsystem, as on bridges.
 */
export function idsOf({ hardwareIds, instance }: Row<'devices'>): PciIds | null {
  const match = pattern.exec(hardwareIds?.[0] ?? '') ?? pattern.exec(instance ?? '');
  if (match === null) return null;
  const [, vendor = '', device = '', subDevice, subVendor, revision] = match;
  const none = subDevice === undefined || `${subDevice}${subVendor}` === '00000000';
  return {
    vendor: parseInt(vendor, 16),
    device: parseInt(device, 16),
    subsystemVendor: none ? null : hex(subVendor),
    subsystemDevice: none ? null : hex(subDevice),
    revision: hex(revision),
  };
}

/** 24 bits, from the class properties, else from `CC_` of a hardware id; null where neither tells. */
export function classCodeOf({ baseClass, subClass, interfaceCode, hardwareIds }: Row<'devices'>): number | null {
  const bytes = [baseClass, subClass, interfaceCode];
  if (bytes.every((byte) => byte !== null && Number.isInteger(byte) && byte >= 0 && byte <= 0xff)) {
    return bytes.reduce<number>((code, byte) => code * 256 + (byte ?? 0), 0);
  }
  const code = hardwareIds?.map((id) => /&CC_([0-9A-F]{6})$/i.exec(id)?.[1]).find((found) => found !== undefined);
  return hex(code);
}
