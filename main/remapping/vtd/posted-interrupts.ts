import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Notification } from './interrupt-message.ts';

/** Bytes 32 to 39 of the descriptor: ON 256, SN 257, NV 279:272, NDST 319:288. */
const controlOffset = 32;
const outstanding = 1 << 0;
const suppress = 1 << 1;

/**
 * Records a vector in a posted-interrupt descriptor and says whom to tell (VT-d 5.2; the descriptor is 64 bytes: PIR in
 * the first 32). The processor harvests PIR and clears ON on its own.
 */
export function postInterrupt(
  memory: PhysicalMemory,
  hi: number,
  lo: number,
  vector: number,
  urgent: boolean,
  extended: boolean,
): { notification: Notification | null } | 'unreadable' | 'reserved' {
  // 1. Set PIR[vector].
  const requestAt = lo + (vector >>> 6) * 8;
  if (memory.readQuad(hi, requestAt) !== 0) return 'unreadable';
  const bit = 1 << (vector & 31);
  const inHigh = (vector & 32) !== 0;
  const requestHi = memory.outHi | (inHigh ? bit : 0);
  const requestLo = memory.outLo | (inHigh ? 0 : bit);
  // 2. Read the control word before anything is changed: a descriptor that is half there changes nothing.
  if (memory.readQuad(hi, lo + controlOffset) !== 0) return 'unreadable';
  const destination = memory.outHi;
  const control = memory.outLo;
  // Reserved: 271:258 and 287:280; in xAPIC mode all of NDST but its second byte.
  if ((control & 0xff00fffc) !== 0 || (!extended && (destination & ~0xff00) !== 0)) return 'reserved';
  if (memory.writeQuad(hi, requestAt, requestHi, requestLo) !== 0) return 'unreadable';
  // 3. Notify where none is outstanding and the guest wants it, or the interrupt is urgent.
  if ((control & outstanding) !== 0 || (!urgent && (control & suppress) !== 0)) return { notification: null };
  if (memory.writeQuad(hi, lo + controlOffset, destination, control | outstanding) !== 0) return 'unreadable';
  return {
    notification: {
      vector: (control >>> 16) & 0xff,
      destination: extended ? destination >>> 0 : (destination >>> 8) & 0xff,
    },
  };
}
