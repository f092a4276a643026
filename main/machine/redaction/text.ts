import { ipv6Candidate, isIpv6 } from './ipv6.ts';
import { patterns } from './patterns.ts';
import { isPseudonym, type Pseudonyms, type SecretKind } from './pseudonyms.ts';

/** A name that is a secret wherever it stands. */
export interface SecretName {
  readonly kind: SecretKind;
  readonly name: string;
}

/** Names that many machines and users have: they tell nobody, and replacing them would make nonsense of the rest. */
const everybodys: ReadonlySet<string> = new Set(
  `localhost root user users admin host server desktop laptop home linux kernel debian ubuntu fedora arch archlinux nixos
  proxmox pve unraid truenas opensuse centos alpine gentoo manjaro mint pop-os intel amd nvidia qemu kvm libvirt pci pcie
  vfio vfio-pci iommu dmar ivrs acpi usb disk boot grub none auto true false yes off on default sys dev proc etc tmp var`.split(
    /\s+/,
  ),
);

export const isTelling = (name: string): boolean =>
  name.length >= 3 && /[a-z]/i.test(name) && !everybodys.has(name.toLowerCase()) && !/^0x[0-9a-f]+$/i.test(name);

type Replace = (kind: SecretKind, secret: string) => string;

/** Replaces what gives itself away, one pattern after the other over what the ones before it left. */
function replaceSecrets(text: string, replace: Replace): string {
  let result = text;
  for (const { kind, pattern, keep = [] } of patterns) {
    result = result.replace(pattern, (match: string, ...rest: unknown[]) => {
      const groups = rest.at(-1);
      const named = typeof groups === 'object' && groups !== null ? Object.values(groups).find(isText) : undefined;
      const secret = named ?? match;
      if (keep.includes(secret.toLowerCase())) return match;
      const at = match.lastIndexOf(secret);
      return match.slice(0, at) + replace(kind, secret) + match.slice(at + secret.length);
    });
  }
  return result.replace(ipv6Candidate, (run) => {
    // `addr:fe80::1.` at the end of a sentence
    const lead = /^(?::(?!:)|\.)*/.exec(run)?.[0].length ?? 0;
    const address = run.slice(lead).replace(/(?:\.|(?<!:):)+$/, '');
    if (!isIpv6(address) || address === '::1') return run;
    return run.slice(0, lead) + replace('ipv6', address) + run.slice(lead + address.length);
  });
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Kinds whose value is a name that may stand elsewhere without what gave it away here. */
const spreading: ReadonlySet<SecretKind> = new Set(['host', 'user', 'serial', 'wifi', 'secret', 'label']);

/** Names that a text gives away by what stands before them; they are then secret everywhere. */
export function namesIn(text: string): SecretName[] {
  const found: SecretName[] = [];
  replaceSecrets(text, (kind, secret) => {
    if (spreading.has(kind) && isTelling(secret) && !isPseudonym(secret)) found.push({ kind, name: secret });
    return secret;
  });
  return found;
}

/** A finder of known names as whole words; null where there are none. */
export function finderOf(names: readonly SecretName[]): RegExp | null {
  const words = [...new Set(names.map(({ name }) => name))].sort((a, b) => b.length - a.length);
  if (words.length === 0) return null;
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
  return new RegExp(`(?<![A-Za-z0-9])(?:${escaped.join('|')})(?![A-Za-z0-9])`, 'gi');
}

/** A text without its secrets: known names first, then what gives itself away. */
export function redactText(
  text: string,
  finder: RegExp | null,
  kinds: ReadonlyMap<string, SecretKind>,
  names: Pseudonyms,
): string {
  const known = finder
    ? text.replace(finder, (found) => names.for(kinds.get(found.toLowerCase()) ?? 'secret', found))
    : text;
  return replaceSecrets(known, (kind, secret) => names.for(kind, secret));
}
