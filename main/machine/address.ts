import * as v from 'valibot';

/**
 * A function's full address, lower case: `0000:01:00.0`; the domain may be longer (`10000:e1:00.0` behind Intel VMD,
 * drivers/pci/controller/vmd.c hands out domains from 10000h on).
 */
export const addressShape = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/),
  v.brand('PciAddress'),
);
export type PciAddress = v.InferOutput<typeof addressShape>;

export interface AddressParts {
  readonly domain: number;
  readonly bus: number;
  readonly device: number;
  readonly function: number;
}

const pattern = /^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([01][0-9a-f])\.([0-7])$/i;

/** Reads `bb:dd.f` or `dddd:bb:dd.f` (hexadecimal, any case); null when the text is no PCI address. */
export function parseAddress(text: string): PciAddress | null {
  const match = pattern.exec(text.trim());
  if (!match) return null;
  const [, domain, bus, device, fn] = match;
  return `${domain ?? '0000'}:${bus ?? ''}:${device ?? ''}.${fn ?? ''}`.toLowerCase() as PciAddress;
}

/** The four numbers of an address. */
export function addressParts(address: PciAddress): AddressParts {
  // Only the domain's width differs; `:bb:dd.f` behind it has eight characters. Asked for in every comparison, so no splitting.
  const end = address.length - 8;
  return {
    domain: parseInt(address.slice(0, end), 16),
    bus: parseInt(address.slice(end + 1, end + 3), 16),
    device: parseInt(address.slice(end + 4, end + 6), 16),
    function: parseInt(address.slice(end + 7), 16),
  };
}

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');

/** The address of four numbers. */
export function formatAddress(parts: AddressParts): PciAddress {
  return `${hex(parts.domain, 4)}:${hex(parts.bus, 2)}:${hex(parts.device, 2)}.${parts.function}` as PciAddress;
}

/** Order by domain, bus, device, function: numbers, since domains differ in width. */
export function compareAddresses(a: PciAddress, b: PciAddress): number {
  const p = addressParts(a);
  const q = addressParts(b);
  return p.domain - q.domain || p.bus - q.bus || p.device - q.device || p.function - q.function;
}

/** What the functions of one slot share: `0000:01:00`. */
export const slotOf = (address: PciAddress): string => address.slice(0, -2);

/** `01:00.0` in domain 0, else the whole address: what people see in lists. */
export const shortAddress = (address: PciAddress): string => (address.startsWith('0000:') ? address.slice(5) : address);
