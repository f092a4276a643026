import { formatAddress, type PciAddress } from '../address.ts';

/** A domain has a few dozen devices; more than these are not looked at. */
const most = 256;

export interface DomainDevice {
  readonly address: PciAddress;
  /** of the `<hostdev`, from 1 */
  readonly line: number;
}

export interface LibvirtDomain {
  readonly name: string | null;
  readonly devices: DomainDevice[];
  /** line of `<hidden state='on'/>`, which hides KVM from the guest; null: not there */
  readonly hidesKvm: number | null;
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;

const attribute = (tag: string, name: string): number | null => {
  const value = new RegExp(`\\b${name}=["'](0x[0-9a-f]{1,8}|\\d{1,8})["']`, 'i').exec(tag)?.[1];
  return value === undefined ? null : Number(value);
};

/**
 * What a libvirt domain gives away (libvirt's formatdomain, "Host device assignment"): `<hostdev type='pci'>` with the
 * address in its `<source>`, and `<interface type='hostdev'>`. Read by looking for these elements, since files of people
 * hold QEMU's own namespace, comments and broken ends.
 */
export function readLibvirtDomain(xml: string): LibvirtDomain {
  // Comments of equal length keep the lines where they are.
  const text = xml.replace(/<!--[\s\S]*?(?:-->|$)/g, (comment) => comment.replace(/[^\n]/g, ' '));
  const devices: DomainDevice[] = [];
  for (const match of text.matchAll(/<(hostdev|interface)\b([^>]{0,400})>/g)) {
    const [opening, element = '', attributes = ''] = match;
    const isPci =
      element === 'hostdev' ? /\btype=["']pci["']/.test(attributes) : /\btype=["']hostdev["']/.test(attributes);
    if (!isPci || devices.length >= most) continue;
    const from = match.index + opening.length;
    const end = text.indexOf(`</${element}>`, from);
    const body = text.slice(from, end < 0 ? from + 4000 : Math.min(end, from + 4000));
    const source = /<source\b[^>]{0,200}>([\s\S]*?)(?:<\/source>|$)/.exec(body)?.[1] ?? '';
    const tag = /<address\b[^>]{0,400}/.exec(source)?.[0];
    if (tag === undefined) continue;
    const [domain, bus, slot, fn] = ['domain', 'bus', 'slot', 'function'].map((name) => attribute(tag, name));
    if (bus == null || slot == null || bus > 0xff || slot > 0x1f || (fn ?? 0) > 7) continue;
    devices.push({
      address: formatAddress({ domain: domain ?? 0, bus, device: slot, function: fn ?? 0 }),
      line: lineOf(text, match.index),
    });
  }
  const hidden = /<hidden\s+state=["']on["']/.exec(text);
  return {
    name: /<name>([^<]{1,200})<\/name>/.exec(text)?.[1]?.trim() ?? null,
    devices,
    hidesKvm: hidden ? lineOf(text, hidden.index) : null,
  };
}
