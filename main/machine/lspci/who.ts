import { known, measured, unknown, type Fact } from '../fact.ts';
import type { CardIds, DeviceIds, PciNames } from '../names/pci-names.ts';
import type { PciFunction, PciIds } from '../pci-function.ts';
import type { RecordHeader } from './record-header.ts';

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');
const idText = ({ vendor, device }: { vendor: number; device: number | null }): string =>
  `${hex4(vendor)}:${device === null ? '*' : hex4(device)}`;
const cardAtEnd = /(?:^| )\[?([0-9a-f]{4}):([0-9a-f]{4})\]?$/i;

/**
 * The ids of a record. Where lspci printed names only (no -n, no -nn) they are looked up backwards and derived; a name
 * that stands for several ids is not guessed at: `where` then says which they are.
 */
export function idsOf(header: RecordHeader, subsystem: string | null, place: string, names: PciNames): Fact<PciIds> {
  const device = deviceIds(header, place, names);
  if (!device.known) return device;
  const card = subsystem === null ? null : cardIds(subsystem, device.value, names);
  const cardTold = card === null || card.told;
  return known(
    {
      ...device.value,
      subsystemVendor: card?.vendor ?? null,
      subsystemDevice: card?.device ?? null,
      revision: header.revision,
    },
    device.provenance === 'measured' && cardTold ? 'measured' : 'derived',
    device.where,
  );
}

function deviceIds(header: RecordHeader, place: string, names: PciNames): Fact<DeviceIds> {
  if (header.ids) return measured(header.ids, place);
  if (header.name === null) return unknown('fuller-source', place);
  const candidates = names.idsNamed(header.name);
  const [only] = candidates;
  if (candidates.length === 1 && only) return known(only, 'derived', `${place}, by name`);
  const said = candidates.length === 0 ? 'no such name in the list' : `may be ${candidates.map(idText).join(', ')}`;
  return unknown('fuller-source', `${place}: ${said}`);
}

function cardIds(text: string, of: DeviceIds, names: PciNames): (CardIds & { told: boolean }) | null {
  const numeric = cardAtEnd.exec(text);
  if (numeric?.[1] && numeric[2]) {
    const vendor = parseInt(numeric[1], 16);
    const device = parseInt(numeric[2], 16);
    // 0000:0000 says that the board maker wrote nothing.
    return vendor === 0 && device === 0 ? null : { vendor, device, told: true };
  }
  const candidates = names.cardsNamed(text, of);
  const [only] = candidates;
  if (candidates.length === 1 && only) return { ...only, told: false };
  const vendors = new Set(candidates.map((each) => each.vendor));
  const [vendor] = vendors;
  return vendors.size === 1 && vendor !== undefined ? { vendor, device: null, told: false } : null;
}

/** The class: 24 bits; lspci leaves out a programming interface of 00. */
export function classOf(header: RecordHeader, place: string, names: PciNames): Fact<number> {
  const withInterface = (code: number): number => (code << 8) | (header.progIf ?? 0);
  if (header.classCode !== null) return measured(withInterface(header.classCode), place);
  const candidates = header.className === null ? [] : names.classesNamed(header.className);
  const [only] = candidates;
  if (candidates.length === 1 && only !== undefined) return known(withInterface(only), 'derived', `${place}, by name`);
  return unknown('fuller-source', place);
}

/** Names as the text has them, from the list where it prints numbers only. */
export function namesOf(
  header: RecordHeader,
  subsystem: string | null,
  ids: Fact<PciIds>,
  classCode: Fact<number>,
  names: PciNames,
): PciFunction['names'] {
  const { vendor, device } = splitName(header, ids, names);
  return {
    vendor,
    device,
    subsystem: (subsystem === null ? null : cardText(subsystem, ids, device, names)) ?? cardName(ids, names),
    class: header.className ?? (classCode.known ? names.className(classCode.value) : null),
  };
}

/** The card's own name in `Subsystem:`, which stands behind its vendor's; null where there is only a number. */
function cardText(text: string, ids: Fact<PciIds>, device: string | null, names: PciNames): string | null {
  const whole = text.replace(cardAtEnd, '').trim();
  const vendorId = ids.known ? ids.value.subsystemVendor : null;
  const vendor = vendorId === null ? null : names.vendor(vendorId);
  const name = vendor !== null && whole.startsWith(vendor) ? whole.slice(vendor.length).trim() : whole;
  // udev's hwdb puts the device's own name where it has none for the card.
  return name === '' || name === device || /(?:^|\b)Device(?: [0-9a-f]{4})?$/i.test(name) ? null : name;
}

function cardName(ids: Fact<PciIds>, names: PciNames): string | null {
  if (!ids.known) return null;
  const { vendor, device, subsystemVendor, subsystemDevice } = ids.value;
  if (subsystemVendor === null || subsystemDevice === null) return null;
  return names.subsystem(vendor, device, subsystemVendor, subsystemDevice);
}

function splitName(
  header: RecordHeader,
  ids: Fact<PciIds>,
  names: PciNames,
): Pick<PciFunction['names'], 'vendor' | 'device'> {
  const text = header.name;
  if (!ids.known) {
    // Which device it is stays open; whose it is does not: the longest vendor's name at the beginning of the text.
    const [maker] = text === null ? [] : names.cardsNamed(text, null);
    const vendor = maker ? names.vendor(maker.vendor) : null;
    return vendor === null || text === null
      ? { vendor: null, device: text }
      : { vendor, device: text.slice(vendor.length).trim() || null };
  }
  const vendor = names.vendor(ids.value.vendor);
  const listed = names.device(ids.value.vendor, ids.value.device);
  if (text === null) return { vendor, device: listed };
  const rest = vendor !== null && text.startsWith(vendor) ? text.slice(vendor.length).trim() : null;
  // The vendor's name has changed since the text was made: the text keeps both in one.
  if (rest === null) return { vendor: listed === null ? null : vendor, device: listed ?? text };
  const unnamed = rest === '' || /^Device(?: [0-9a-f]{4})?$/i.test(rest);
  return { vendor, device: unnamed ? listed : rest };
}
