import type { PhysicalMemory } from '../memory/physical-memory.ts';

/** IRR of a guest's APIC page: 256 bits in eight words, 16 bytes apart, from 200h (AMD64 volume 2, 15.29.3 [recall]). */
const requestRegisters = 0x200;

/**
 * Notes a vector in the APIC page of a guest's processor. Answers the status of the memory access that failed, 0 where none
 * did; `at` is then its address.
 */
export function noteInGuestPage(memory: PhysicalMemory, hi: number, lo: number, vector: number): number {
  const at = lo + requestRegisters + (vector >>> 5) * 16;
  const failure = memory.readQuad(hi, at);
  if (failure !== 0) return failure;
  return memory.writeQuad(hi, at, memory.outHi, memory.outLo | (1 << (vector & 31)));
}
