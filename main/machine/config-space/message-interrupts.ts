import { measured, unknown, type Fact } from '../fact.ts';
import { configPlace, wordAt } from './registers.ts';

/** MSI capability: vectors that the function can ask for (2^bits 3:1 of Message Control), per-vector masking (bit 8). */
export function decodeMsi(
  bytes: Uint8Array,
  offset: number,
): Fact<{ vectors: number; maskable: boolean; enabled: boolean }> {
  const control = wordAt(bytes, offset + 2);
  if (control === null) return unknown('readable-file', configPlace(offset));
  // Exponents 6 and 7 are reserved; 32 vectors is the most that there is.
  const vectors = 1 << Math.min((control >> 1) & 0b111, 5);
  return measured({ vectors, maskable: (control & 0x100) !== 0, enabled: (control & 1) === 1 }, configPlace(offset));
}

/** MSI-X capability: the table holds bits 10:0 of Message Control plus one vectors. */
export function decodeMsix(bytes: Uint8Array, offset: number): Fact<{ vectors: number; enabled: boolean }> {
  const control = wordAt(bytes, offset + 2);
  if (control === null) return unknown('readable-file', configPlace(offset));
  return measured({ vectors: (control & 0x7ff) + 1, enabled: (control & 0x8000) !== 0 }, configPlace(offset));
}
