import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitsOf, fieldAt } from '../../../renderer/kit/bits.ts';

test('64 cells spell the word, bit 63 first', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (word) => {
      const bits = bitsOf(word);
      expect(bits).toHaveLength(64);
      expect(BigInt(`0b${bits.map((bit) => (bit ? '1' : '0')).join('')}`)).toBe(word);
      expect(bitsOf(`0x${word.toString(16)}`)).toEqual(bits);
    }),
  );
});

test('a bit belongs to the first field that holds it', () => {
  const present = { high: 0, low: 0, label: 'P', concept: 'unit' } as const;
  const all = { high: 63, low: 0, label: 'all', concept: 'memory' } as const;
  expect(fieldAt([present, all], 0)).toBe(present);
  expect(fieldAt([present, all], 1)).toBe(all);
  expect(fieldAt([present], 1)).toBeNull();
});
