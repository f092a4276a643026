import { measured, unknown } from '../../main/machine/fact.ts';
import { readRemappingHardware } from '../../main/machine/firmware-table/remapping-hardware.ts';
import type { MemoryRange, RemappingHardware } from '../../main/machine/firmware-table/shape.ts';
import type { PciFunction } from '../../main/machine/pci-function.ts';

/** Bytes of a number, lowest first. */
export const le = (value: bigint | number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
const chars = (text: string): number[] => Array.from(text, (char) => char.charCodeAt(0));

/** A table with length and checksum set; `head` are its bytes from 36 on. */
export function tableOf(signature: 'DMAR' | 'IVRS', head: number[], ...structures: number[][]): Uint8Array {
  const body = structures.flat();
  const bytes = Uint8Array.from([...chars(signature), ...le(48 + body.length, 4), 2, 0, ...new Array<number>(38).fill(0), ...body]);
  bytes.set(head, 36);
  bytes[9] = (256 - bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0)) & 0xff;
  return bytes;
}

const structure = (type: number, ...rest: number[]): number[] => [...le(type, 2), ...le(4 + rest.length, 2), ...rest];

/** A device scope: kind, id, bus and the hops as `device, function` pairs. */
export const scope = (type: number, bus: number, path: readonly number[], id = 0): number[] => [
  type,
  6 + path.length,
  0,
  0,
  id,
  bus,
  ...path,
];

export const drhd = (base: number, all: boolean, ...scopes: number[][]): number[] =>
  structure(0, all ? 1 : 0, 0, ...le(0, 2), ...le(base, 8), ...scopes.flat());
export const rmrr = (start: number, end: number, ...scopes: number[][]): number[] =>
  structure(1, 0, 0, ...le(0, 2), ...le(start, 8), ...le(end, 8), ...scopes.flat());
export const rhsa = (base: number, node: number): number[] => structure(3, 0, 0, 0, 0, ...le(base, 8), ...le(node, 4));
export const andd = (id: number, name: string): number[] => structure(4, 0, 0, 0, id, ...chars(name));

/** DMAR of a machine with 39 address bits; `flags` bit 0 offers interrupt remapping. */
export const dmar = (flags: number, ...structures: number[][]): Uint8Array => tableOf('DMAR', [38, flags], ...structures);

export const ivhd = (type: 0x10 | 0x11 | 0x40, deviceId: number, entries: number[][], efr = 0n): number[] => {
  const body = entries.flat();
  const features = type === 0x10 ? le(0, 4) : [...le(0, 4), ...le(efr, 8), ...le(0, 8)];
  const length = 20 + features.length + body.length;
  return [type, 0, ...le(length, 2), ...le(deviceId, 2), ...le(0x40, 2), ...le(0xfeb80000, 8), ...le(0, 4), ...features, ...body];
};
export const entry = (type: number, deviceId: number, ...more: number[]): number[] => [type, ...le(deviceId, 2), 0, ...more];
export const ivmd = (type: 0x20 | 0x21 | 0x22, flags: number, from: number, to: number, start: number, length: number): number[] => [
  type,
  flags,
  ...le(32, 2),
  ...le(from, 2),
  ...le(to, 2),
  ...le(0, 8),
  ...le(start, 8),
  ...le(length, 8),
];
export const ivrs = (...blocks: number[][]): Uint8Array => tableOf('IVRS', le(0x203043, 4), ...blocks);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The table joined to these functions. */
export function joined(
  table: Uint8Array,
  functions: readonly PciFunction[],
  more: { map?: MemoryRange[]; ioApics?: number[] } = {},
): RemappingHardware {
  const signature = String.fromCharCode(...table.subarray(0, 4));
  const fact = readRemappingHardware({
    tables: measured([{ signature, data: hex(table) }], 'test'),
    functions,
    memoryMap: more.map ? measured(more.map, 'test') : unknown('root', 'test'),
    ioApics: more.ioApics ?? null,
  });
  if (!fact.known || fact.value === null) throw new Error(`not joined: ${fact.where}`);
  return fact.value;
}
