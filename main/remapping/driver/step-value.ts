import type { Quad } from '../core/quad.ts';
import { quadOf } from '../core/quad.ts';

/** A step that cannot be run: what is wrong with it, in one line. Thrown and caught inside this folder only. */
export class BadStep extends Error {}

export type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function objectOf(value: unknown, name: string): Fields {
  if (!isObject(value)) throw new BadStep(`${name} must be an object`);
  return value;
}

/** Leading zeros do not count. */
const hexPattern = /^0x0*[0-9a-f]{1,16}$/i;

/** A `0x` string of up to 64 bits or a JSON integer from 0 to 2^53-1, as halves. */
export function quadIn(value: unknown, name: string): Quad {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new BadStep(`${name} must be an integer from 0 to 2^53-1 or a 0x string`);
    return { hi: Math.floor(value / 2 ** 32) | 0, lo: value | 0 };
  }
  if (typeof value === 'string' && hexPattern.test(value)) {
    if (value.length <= 10) return { hi: 0, lo: parseInt(value.slice(2), 16) | 0 };
    return quadOf(BigInt(value));
  }
  throw new BadStep(
    value === undefined ? `${name} is missing` : `${name} must be a 0x string of up to 64 bits or an integer`,
  );
}

/** A number from `least` to `most`, both at most 2^53-1. */
export function numberIn(value: unknown, name: string, least: number, most: number): number {
  const { hi, lo } = quadIn(value, name);
  const number = (hi >>> 0) * 2 ** 32 + (lo >>> 0);
  if (number < least || number > most) throw new BadStep(`${name} must be from ${least} to ${most}`);
  return number;
}

export function booleanIn(value: unknown, name: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new BadStep(`${name} must be true or false`);
  return value;
}

/** One of the names; the first where it is left out and `required` is false. */
export function oneOf<const T extends string>(
  value: unknown,
  name: string,
  names: readonly [T, ...T[]],
  required: boolean,
): T {
  if (value === undefined && !required) return names[0];
  const found = names.find((candidate) => candidate === value);
  if (found === undefined) throw new BadStep(`${name} must be one of ${names.join(', ')}`);
  return found;
}

const sourcePattern = /^(?:0000:)?([0-9a-f]{1,2}):([01]?[0-9a-f])\.([0-7])$/i;

/** Requester id of `bb:dd.f`, with or without `0000:` before it. */
export function sourceIn(value: unknown): number {
  const match = typeof value === 'string' ? sourcePattern.exec(value) : null;
  if (match === null) throw new BadStep('source must be bb:dd.f');
  const [, bus = '', device = '', fn = ''] = match;
  return (parseInt(bus, 16) << 8) | (parseInt(device, 16) << 3) | parseInt(fn, 16);
}

const two = (value: number): string => value.toString(16).padStart(2, '0');

/** `bb:dd.f`, lower case. */
export const sourceOut = (requester: number): string =>
  `${two(requester >>> 8)}:${two((requester >>> 3) & 31)}.${requester & 7}`;
