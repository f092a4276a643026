import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bigOf } from '../../main/remapping/core/quad.ts';
import type { DecisionCode } from '../../main/remapping/trace-codes.ts';
import { decisionRow } from '../../main/remapping/trace-codes.ts';
import type { Watch } from '../../main/remapping/watch.ts';
import { Bench, domain, PS, RW } from './kit/bench.ts';

/** Small worlds: 16 pages under two leaf tables, so that edits and requests meet. */
const page = fc.nat({ max: 15 });
const target = fc.nat({ max: 63 });
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('dma' as const), page, write: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('map' as const), page, target, rights: fc.integer({ min: 0, max: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('large' as const), half: fc.nat({ max: 1 }), on: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('flush' as const),
      how: fc.integer({ min: 1, max: 3 }),
      page,
      order: fc.nat({ max: 4 }),
      leafOnly: fc.boolean(),
    }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** Page 0–7 lie in the first 2 MiB, 8–15 in the second. */
const addressOf = (index: number): bigint => (index < 8 ? 0n : 0x200000n) + (BigInt(index % 8) << 12n);
const fresh = (): Bench => new Bench({ caches: { iotlbEntries: 8, iotlbWays: 2 } }).start();

function edit(bench: Bench, step: Action): void {
  if (step.do === 'map')
    bench.write(leafOf(bench, step.page), (BigInt(0x100 + step.target) << 12n) | BigInt(step.rights));
  if (step.do === 'large') {
    const at = bench.entry(BigInt(step.half) * 0x200000n, 2);
    bench.write(at, step.on ? 0x600000n | RW | PS : tableOf(step.half) | RW);
  }
}
const tableOf = (half: number): bigint => 0x50000n + BigInt(half) * 0x1000n;
const leafOf = (_: Bench, index: number): bigint => tableOf(index < 8 ? 0 : 1) + BigInt(index % 8) * 8n;

/** The walk alone, in BigInt, by the specification: no caches, no engine. */
function oracle(bench: Bench, address: bigint, write: boolean): { reason: number; at: bigint } {
  let table = 0x10000n;
  for (let level = 4; ; level--) {
    const entry = bench.read(table + ((address >> BigInt(3 + 9 * level)) & 511n) * 8n);
    if ((entry & (write ? 2n : 1n)) === 0n) return { reason: write ? 5 : 6, at: 0n };
    const size = 1n << BigInt(3 + 9 * level);
    const base = entry & 0xffffffffff000n;
    if (level === 1 || (entry & PS) !== 0n) return { reason: 0, at: base | (address & (size - 1n)) };
    table = base;
  }
}

function prepare(): Bench {
  const bench = fresh();
  bench.entry(0n, 2);
  bench.entry(0x200000n, 2);
  for (const half of [0, 1]) bench.write(bench.entry(BigInt(half) * 0x200000n, 2), tableOf(half) | RW);
  return bench;
}

function ask(bench: Bench, step: Extract<Action, { do: 'dma' }>): { reason: number; at: bigint } {
  const reason = bench.dma(addressOf(step.page), step.write ? 'write' : 'read');
  return { reason, at: reason === 0 ? bigOf(bench.unit.dma.outHi, bench.unit.dma.outLo) : 0n };
}

describe('caches', () => {
  test('with an invalidation after every edit, a cached unit answers as the tables say', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (steps) => {
        const bench = prepare();
        for (const step of steps) {
          if (step.do === 'dma') expect(ask(bench, step)).toEqual(oracle(bench, addressOf(step.page), step.write));
          else {
            edit(bench, step);
            bench.iotlbCommand(2, domain);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('an invalidation of just what was changed is enough, with the hint where it was a leaf', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (steps) => {
        const bench = prepare();
        for (const step of steps) {
          if (step.do === 'dma') expect(ask(bench, step)).toEqual(oracle(bench, addressOf(step.page), step.write));
          else edit(bench, step);
          if (step.do === 'map') bench.iotlbCommand(3, domain, addressOf(step.page), 0, true);
          if (step.do === 'large') bench.iotlbCommand(3, domain, BigInt(step.half) * 0x200000n, 9);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('without invalidation the answer is one that the tables gave since the last one that covers it, never a third', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (steps) => {
        const bench = prepare();
        /** For each page and kind: every answer that was true since the last covering invalidation. */
        const allowed = new Map<string, Set<string>>();
        const key = (index: number, write: boolean): string => `${index}${write ? 'w' : 'r'}`;
        const text = (answer: { reason: number; at: bigint }): string => `${answer.reason}:${answer.at}`;
        const note = (forget: (index: number) => boolean): void => {
          for (let index = 0; index < 16; index++)
            for (const write of [false, true]) {
              const answers = (forget(index) ? undefined : allowed.get(key(index, write))) ?? new Set<string>();
              answers.add(text(oracle(bench, addressOf(index), write)));
              allowed.set(key(index, write), answers);
            }
        };
        note(() => true);
        for (const step of steps) {
          if (step.do === 'dma') expect(allowed.get(key(step.page, step.write))).toContain(text(ask(bench, step)));
          else if (step.do === 'flush') {
            const { how, order, leafOnly } = step;
            bench.iotlbCommand(how, domain, addressOf(step.page), order, leafOnly);
            const first = addressOf(step.page) >> BigInt(12 + order);
            // With the hint an entry above the leaf may still be the old one.
            note((index) => how < 3 || (!leafOnly && addressOf(index) >> BigInt(12 + order) === first));
          } else {
            edit(bench, step);
            note(() => false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('nothing outside what is mapped is ever reached', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(page, { maxLength: 16 }),
        fc.array(fc.bigInt({ min: 0n, max: (1n << 49n) - 1n }), { maxLength: 20 }),
        (pages, addresses) => {
          const bench = prepare();
          for (const index of pages) bench.write(leafOf(bench, index), (BigInt(0x100 + index) << 12n) | RW);
          const reachable = new Set(pages.map((index) => BigInt(0x100 + index)));
          const asked = [...addresses, ...Array.from({ length: 16 }, (_, index) => addressOf(index) + 0xfffn)];
          for (const address of asked)
            if (bench.dma(address, 'write') === 0)
              expect(reachable).toContain(bigOf(bench.unit.dma.outHi, bench.unit.dma.outLo) >> 12n);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('following a request', () => {
  /** Remembers the decisions only. */
  class Follower implements Watch {
    readonly codes: DecisionCode[] = [];
    decided(code: DecisionCode): void {
      this.codes.push(code);
    }
    readPaging(code: DecisionCode): void {
      this.codes.push(code);
    }
    readEntry(code: DecisionCode): void {
      this.codes.push(code);
    }
    readWide(code: DecisionCode): void {
      this.codes.push(code);
    }
  }

  test('changes nothing: the same answers, counters and records with and without', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (steps) => {
        const [plain, followed] = [prepare(), prepare()];
        for (const step of steps) {
          if (step.do === 'dma') {
            const follower = new Follower();
            followed.unit.watch = follower;
            const answer = ask(followed, step);
            expect(answer).toEqual(ask(plain, step));
            expect(followed.record()).toEqual(plain.record());
            const stops = follower.codes.filter((code) => decisionRow(code).flow === 'stops');
            expect(stops).toHaveLength(answer.reason === 0 ? 0 : 1);
          } else if (step.do === 'flush') {
            for (const bench of [plain, followed])
              bench.iotlbCommand(step.how, domain, addressOf(step.page), step.order);
          } else for (const bench of [plain, followed]) edit(bench, step);
        }
        expect(followed.unit.walk.reads).toBe(plain.unit.walk.reads);
        expect(followed.unit.dma.hits).toBe(plain.unit.dma.hits);
      }),
      { numRuns: 200 },
    );
  });
});
