/**
 * 64-bit values inside the engine are two int32 halves, `hi` and `lo`: BigInt is 14 to 17 times slower on the hot path.
 * Both halves are signed, so every ordering of low halves goes through `>>> 0`.
 */
export interface Quad {
  readonly hi: number;
  readonly lo: number;
}

/** The halves of a value from 0 to 2^64-1. */
export const quadOf = (value: bigint): Quad => ({
  hi: Number(BigInt.asIntN(32, value >> 32n)),
  lo: Number(BigInt.asIntN(32, value)),
});

export const bigOf = (hi: number, lo: number): bigint => (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);

/** `0x…`, lower case, no leading zeros. */
export function formatQuad(hi: number, lo: number): `0x${string}` {
  const low = (lo >>> 0).toString(16);
  return hi === 0 ? `0x${low}` : `0x${(hi >>> 0).toString(16)}${low.padStart(8, '0')}`;
}

/** 128 bits, high quad first, as one number. */
export function formatOctet(highHi: number, highLo: number, lowHi: number, lowLo: number): `0x${string}` {
  if (highHi === 0 && highLo === 0) return formatQuad(lowHi, lowLo);
  const tail = (lowHi >>> 0).toString(16).padStart(8, '0') + (lowLo >>> 0).toString(16).padStart(8, '0');
  return `${formatQuad(highHi, highLo)}${tail}`;
}

/** Unsigned comparison of two quads: is a below b? */
export const isBelow = (aHi: number, aLo: number, bHi: number, bLo: number): boolean =>
  aHi === bHi ? aLo >>> 0 < bLo >>> 0 : aHi >>> 0 < bHi >>> 0;

/** Bits high..low of a quad, right-aligned; at most 32 of them. */
export function bitsOf(hi: number, lo: number, high: number, low: number): number {
  const width = high - low + 1;
  const shifted = low >= 32 ? hi >>> (low - 32) : low === 0 ? lo : (lo >>> low) | (hi << (32 - low));
  return width >= 32 ? shifted >>> 0 : (shifted & ((1 << width) - 1)) >>> 0;
}

/** The low half of a mask of `count` low bits (0 to 64), and the high half. */
export const lowMaskLo = (count: number): number => (count >= 32 ? -1 : (1 << count) - 1);
export const lowMaskHi = (count: number): number => (count >= 64 ? -1 : count <= 32 ? 0 : (1 << (count - 32)) - 1);
