import type { Quad } from '../core/quad.ts';
import { fault } from './fault-reasons.ts';
import { deliveryModes } from './interrupt-message.ts';

/** An interrupt remapping table entry: 128 bits. */
export interface InterruptEntry {
  readonly lowHi: number;
  readonly lowLo: number;
  readonly highHi: number;
  readonly highLo: number;
}

const present = 1;
const posted = 1 << 15;

/** Bits of the function number that SQ 0 to 3 leaves out of the comparison. */
const sourceMasks = [0xffff, 0xfffb, 0xfff9, 0xfff8] as const;

/** What is wrong with an entry, in the order in which the hardware looks. */
export function entryProblem(entry: InterruptEntry, extended: boolean, canPost: boolean): number {
  // 1. P=0.
  if ((entry.lowLo & present) === 0) return fault.interruptNotPresent;
  // 2. Posted entries need CAP.PI.
  if (entry.lowLo & posted) return canPost ? postedProblem(entry) : fault.interruptReserved;
  // 3. Reserved: 14:12 and 31:24, 127:84, and without EIME everything of DST but its second byte.
  if ((entry.lowLo & 0xff007000) !== 0) return fault.interruptReserved;
  if (!extended && (entry.lowHi & ~0xff00) !== 0) return fault.interruptReserved;
  if (deliveryModes[(entry.lowLo >>> 5) & 7] === null) return fault.interruptReserved;
  return upperProblem(entry);
}

/** Reserved in a posted entry: 7:2, 13:12, 37:24; the descriptor's address fills the rest. */
function postedProblem(entry: InterruptEntry): number {
  if ((entry.lowLo & 0xff0030fc) !== 0 || (entry.lowHi & 0x3f) !== 0) return fault.interruptReserved;
  // 95:84; 127:96 is the upper half of the descriptor's address.
  if ((entry.highLo & 0xfff00000) !== 0 || ((entry.highLo >>> 18) & 3) === 3) return fault.interruptReserved;
  return fault.none;
}

/** 127:84 and the reserved source check. QEMU reports SVT=3 as 26h; a reserved encoding is 24h. */
function upperProblem(entry: InterruptEntry): number {
  if (entry.highHi !== 0 || (entry.highLo & 0xfff00000) !== 0) return fault.interruptReserved;
  return ((entry.highLo >>> 18) & 3) === 3 ? fault.interruptReserved : fault.none;
}

/** Address of the posted-interrupt descriptor: PDAL is bits 31:6 in 63:38, PDAH bits 63:32 in 127:96. */
export const postedDescriptorOf = (entry: InterruptEntry): Quad => ({ hi: entry.highHi, lo: entry.lowHi & ~0x3f });

/** SVT 0 checks nothing; 1 compares the requester under the mask of SQ; 2 wants its bus in a range. */
export function sourceProblem(entry: InterruptEntry, source: number): number {
  const expected = entry.highLo & 0xffff;
  switch ((entry.highLo >>> 18) & 3) {
    case 1: {
      const mask = sourceMasks[(entry.highLo >>> 16) & 3] ?? 0xffff;
      return (expected & mask) === (source & mask) ? fault.none : fault.sourceRefused;
    }
    case 2: {
      // Start bus in 15:8, end bus in 7:0, as Linux programs them (irq_remapping.c set_irte_verify_bus); QEMU has them swapped.
      const bus = source >>> 8;
      return bus >= expected >>> 8 && bus <= (expected & 0xff) ? fault.none : fault.sourceRefused;
    }
    default:
      return fault.none;
  }
}
