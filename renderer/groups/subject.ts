import { parseAddress, type PciAddress } from '../../main/machine/address.ts';

/** What the inspector is about. */
export type Subject =
  | { readonly kind: 'function'; readonly address: PciAddress }
  | { readonly kind: 'group'; readonly id: number }
  /** an IOMMU unit that is no function, by its id (units.ts) */
  | { readonly kind: 'unit'; readonly id: string };

/** `group:14`, `unit:dmar0` or an address, as it stands in a link. */
export function subjectOf(text: string | undefined): Subject | null {
  if (text === undefined || text === '') return null;
  const group = /^group:(\d{1,6})$/.exec(text)?.[1];
  if (group !== undefined) return { kind: 'group', id: Number(group) };
  const unit = /^unit:([a-z0-9-]{1,32})$/.exec(text)?.[1];
  if (unit !== undefined) return { kind: 'unit', id: unit };
  const address = parseAddress(text);
  return address === null ? null : { kind: 'function', address };
}

export function subjectText(subject: Subject): string {
  switch (subject.kind) {
    case 'function':
      return subject.address;
    case 'group':
      return `group:${subject.id}`;
    case 'unit':
      return `unit:${subject.id}`;
  }
}
