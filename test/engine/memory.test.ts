import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryStatus, PhysicalMemory } from '../../main/remapping/memory/physical-memory.ts';

const quad = 8;
const gibibyte = 2 ** 30;
const size = 9 * gibibyte + 0x808;
/** Where a window may begin: at 0, inside the first 4 GiB, at 4 GiB, below that border, and just before the end. */
const windows = [0, 0x30_0000, 4 * gibibyte, 4 * gibibyte - 0x8000, 9 * gibibyte - 0x1000] as const;

const address = fc
  .tuple(
    fc.constantFrom(...windows, 0x100_0000, 8 * gibibyte),
    // Inside a first window, where it has to grow, at its largest and behind it; and before it.
    fc.oneof(fc.integer({ min: -64, max: 64 }), fc.integer({ min: -0x2000, max: 0x20_2000 })),
  )
  .map(([base, quads]) => base + quads * quad)
  .filter((at) => at >= 0);
const access = fc.record({
  at: address,
  kind: fc.constantFrom('quad', 'word', 'byte', 'read'),
  value: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  inside: fc.integer({ min: 0, max: 7 }),
});
const hiOf = (at: number): number => Math.floor(at / 2 ** 32) | 0;

describe('memory, wherever its window lies', () => {
  test('reads what was written last, byte by byte, and zeros elsewhere', () => {
    fc.assert(
      fc.property(fc.constantFrom(...windows), fc.array(access, { maxLength: 60 }), (windowAt, accesses) => {
        const memory = new PhysicalMemory(size, windowAt);
        const bytes = new Map<number, number>();
        const expected = (at: number, count: number): number[] =>
          Array.from({ length: count }, (_, byte) => (at + byte < size ? (bytes.get(at + byte) ?? 0) : 0xff));
        const keep = (at: number, value: number, count: number): void => {
          for (let byte = 0; byte < count && at < size; byte++) bytes.set(at + byte, (value >>> (byte * 8)) & 0xff);
        };
        for (const { at, kind, value, inside } of accesses) {
          const [hi, lo] = [hiOf(at), at | 0];
          const before = memory.writes;
          if (kind === 'quad') {
            expect(memory.writeQuad(hi, lo, ~value, value)).toBe(at < size ? memoryStatus.ok : memoryStatus.absent);
            keep(at, value, 4);
            keep(at + 4, ~value, 4);
          } else if (kind === 'word') {
            expect(memory.writeWord(hi, lo, value)).toBe(at < size ? memoryStatus.ok : memoryStatus.absent);
            keep(at, value, 4);
          } else if (kind === 'byte') {
            memory.writeByte(hi, lo + inside, value & 0xff);
            keep(at + inside, value, 1);
          }
          // What writes is numbered, and the page knows its newest number; what only reads changes nothing.
          const wrote = kind !== 'read' && at < size;
          expect(memory.writes - before).toBe(wrote ? 1 : 0);
          if (wrote) expect(memory.writtenAt(memory.find(hi, lo))).toBe(memory.writes);
          expect(memory.holds(hi, lo)).toBe(at < size);
        }
        for (const { at } of accesses) {
          const [hi, lo] = [hiOf(at), at | 0];
          const read = Array.from({ length: quad }, (_, byte) => memory.readByte(hi, lo + byte));
          expect(read).toEqual(expected(at, quad));
          const found = memory.find(hi, lo);
          const inTable = memory.entry(hi, lo & ~0xfff, (lo >>> 3) & 511);
          if (at >= size) {
            expect([found, memory.arena[inTable], memory.arena[inTable + 1]]).toEqual([-1, 0, 0]);
            continue;
          }
          expect(inTable).toBe(found);
          expect(memory.readQuad(hi, lo)).toBe(memoryStatus.ok);
          expect([memory.outLo, memory.outHi]).toEqual([memory.arena[found], memory.arena[found + 1]]);
          expect([memory.outLo & 0xff, memory.outHi >>> 24]).toEqual([read[0], read[7]]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('grows its window only as far as it is written to, and to 16 MiB at most', () => {
    const memory = new PhysicalMemory(size, 4 * gibibyte);
    const held = (): number => memory.arena.length * 4;
    memory.readQuad(1, 0xff_fff8);
    const empty = held();
    expect(empty).toBeLessThan(2 ** 20);
    memory.writeQuad(1, 0xff_fff8, 1, 2);
    expect(held()).toBeLessThan(2 ** 24 + empty);
    memory.writeQuad(1, 0x100_0000, 3, 4);
    expect(held()).toBeLessThan(2 ** 24 + empty);
  });

  test('is as large as an address can be, and costs what was written to', () => {
    const memory = new PhysicalMemory(2 ** 52);
    const regions = 5000;
    const at = (region: number): [number, number] => [(region * 209) | 0, (region * 0x0123_4568) | 0];
    for (let region = 0; region < regions; region++) memory.writeQuad(...at(region), ~region, region);
    for (let region = 0; region < regions; region++) {
      expect(memory.readQuad(...at(region))).toBe(memoryStatus.ok);
      expect([memory.outHi, memory.outLo]).toEqual([~region, region]);
    }
    expect(memory.arena.length * 4).toBeLessThan(2 ** 26);
  });
});
