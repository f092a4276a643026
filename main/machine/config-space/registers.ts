/** Little-endian reads of config space; null past the end, so that a short copy is never taken for zeros. */
export const byteAt = (bytes: Uint8Array, offset: number): number | null => bytes[offset] ?? null;

export function wordAt(bytes: Uint8Array, offset: number): number | null {
  const low = bytes[offset];
  const high = bytes[offset + 1];
  return low === undefined || high === undefined ? null : low | (high << 8);
}

export function dwordAt(bytes: Uint8Array, offset: number): number | null {
  const low = wordAt(bytes, offset);
  const high = wordAt(bytes, offset + 2);
  return low === null || high === null ? null : (low | (high << 16)) >>> 0;
}

/** `config 1a0h`: how a register is named as the place of a fact. */
export const configPlace = (offset: number): string => `config ${offset.toString(16).padStart(2, '0')}h`;
