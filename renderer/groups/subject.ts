import { parseAddress, type PciAddress } from '../../main/machine/address.ts';

/** What the inspector is about. */
export type Subject =
  { readonly kind: 'function'; readonly address: PciAddress } | { readonly kind: 'group'; readonly id: number };

/** `group:14` or an address, as it stands in a link. */
export function subjectOf(text: string | undefined): Subject | null {
  if (text === undefined || text === '') return null;
  const group = /^group:(\d{1,6})$/.exec(text)?.[1];
  if (group !== undefined) return { kind: 'group', id: Number(group) };
  const address = parseAddress(text);
  return address === null ? null : { kind: 'function', address };
}

export const subjectText = (subject: Subject): string =>
  subject.kind === 'group' ? `group:${subject.id}` : subject.address;
