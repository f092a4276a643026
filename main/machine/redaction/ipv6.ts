/** Runs of characters that an IPv6 address may have, with two colons at least; most are times and PCI addresses. */
export const ipv6Candidate = /[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*/gi;

const dotted = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** Whether a text is an IPv6 address (RFC 4291, section 2.2), the dotted end among them. `::` alone names nobody. */
export function isIpv6(text: string): boolean {
  if (!/[0-9a-f]/i.test(text)) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const long = dotted.test(last);
  const plain = long ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const count = plain.length + (long ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}
