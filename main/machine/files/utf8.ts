/** Code points of one chunk; the argument list of a call must stay short. */
const chunk = 4096;

/**
 * Text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD. Written here because the pure folders have no TextDecoder: it
 * belongs to the DOM and to Node, not to the language.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let points: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const [point, length] = codePointAt(bytes, at);
    points.push(point);
    at += length;
    if (points.length >= chunk) {
      parts.push(String.fromCodePoint(...points));
      points = [];
    }
  }
  parts.push(String.fromCodePoint(...points));
  return parts.join('');
}

const replacement: readonly [number, number] = [0xfffd, 1];

/** Lead byte ranges of RFC 3629, section 4: bytes to follow, bits of the lead, smallest code point that needs them. */
function codePointAt(bytes: Uint8Array, at: number): readonly [number, number] {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return [lead, 1];
  const [follow, bits, least] =
    lead >= 0xf0 && lead < 0xf5
      ? [3, lead & 0x07, 0x10000]
      : lead >= 0xe0
        ? [2, lead & 0x0f, 0x800]
        : lead >= 0xc2
          ? [1, lead & 0x1f, 0x80]
          : [0, 0, 0];
  if (follow === 0 || lead >= 0xf5) return replacement;
  let point = bits;
  for (let i = 1; i <= follow; i++) {
    const next = bytes[at + i];
    if (next === undefined || (next & 0xc0) !== 0x80) return replacement;
    point = (point << 6) | (next & 0x3f);
  }
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < least || point > 0x10ffff || surrogate ? replacement : [point, follow + 1];
}
