import { quadOf } from '../core/quad.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { BadStep, numberIn, quadIn } from './step-value.ts';
import type { Fields } from './step-value.ts';

/** Most bytes in one step, so that one line cannot ask for all of memory. */
const most = 65_536;

const high = (address: number): number => Math.floor(address / 2 ** 32) | 0;

function inside(memory: PhysicalMemory, address: number, bytes: number): void {
  if (address + bytes > memory.size) throw new BadStep('memory outside the unit’s memory');
}

/** `{ "memory": { "write", "qwords" } }` or `{ "memory": { "read", "bytes" } }`. */
export function memoryStep(memory: PhysicalMemory, fields: Fields): { value?: string } {
  if ('write' in fields) {
    writeQuads(memory, fields);
    return {};
  }
  const address = numberIn(fields['read'], 'read', 0, Number.MAX_SAFE_INTEGER);
  const bytes = numberIn(fields['bytes'], 'bytes', 1, most);
  inside(memory, address, bytes);
  return { value: littleEndian(memory, high(address), address | 0, bytes) };
}

function writeQuads(memory: PhysicalMemory, fields: Fields): void {
  const address = numberIn(fields['write'], 'write', 0, Number.MAX_SAFE_INTEGER);
  if (address % 8 !== 0) throw new BadStep('write must be an address divisible by 8');
  const given = fields['qwords'];
  if (!Array.isArray(given) || given.length === 0 || given.length > most / 8)
    throw new BadStep(`qwords must be an array of 1 to ${most / 8} numbers`);
  // Everything is read before anything is written: a bad step changes nothing.
  const quads = given.map((value: unknown, index) => quadIn(value, `qwords[${index}]`));
  inside(memory, address, quads.length * 8);
  quads.forEach(({ hi, lo }, index) => {
    const at = address + index * 8;
    memory.writeQuad(high(at), at | 0, hi, lo);
  });
}

/** Bytes as one little-endian number; where no memory is, ones. */
export function littleEndian(memory: PhysicalMemory, hi: number, lo: number, bytes: number): string {
  let digits = '';
  for (let index = bytes - 1; index >= 0; index--) {
    const at = quadOf((BigInt(hi >>> 0) << 32n) + BigInt(lo >>> 0) + BigInt(index));
    digits += memory.readByte(at.hi, at.lo).toString(16).padStart(2, '0');
  }
  return `0x${digits.replace(/^0+(?=.)/, '')}`;
}
