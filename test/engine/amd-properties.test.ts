import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DecisionCode } from '../../main/remapping/trace-codes.ts';
import { decisionRow } from '../../main/remapping/trace-codes.ts';
import type { Watch } from '../../main/remapping/watch.ts';
import { AmdBench, command, domain, IR, IW, next, PR, RW } from './kit/amd-bench.ts';

/** Small worlds: 16 pages under two leaf tables, so that edits and requests meet. */
const page = fc.nat({ max: 15 });
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('dma' as const), page, write: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('map' as const),
      page,
      target: fc.nat({ max: 63 }),
      rights: fc.integer({ min: 0, max: 3 }),
      present: fc.boolean(),
    }),
  },
  // A page of 8 or 16 KiB: its run of entries, all the same.
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('run' as const), page, bits: fc.integer({ min: 13, max: 14 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('large' as const), half: fc.nat({ max: 1 }), on: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('flush' as const), page, order: fc.nat({ max: 5 }) }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** Page 0–7 lie in the first 2 MiB, 8–15 in the second. */
const addressOf = (index: number): bigint => (index < 8 ? 0n : 0x200000n) + (BigInt(index % 8) << 12n);
const tableOf = (half: number): bigint => 0x50000n + BigInt(half) * 0x1000n;
const leafOf = (index: number): bigint => tableOf(index < 8 ? 0 : 1) + BigInt(index % 8) * 8n;
const rightsOf = (rights: number): bigint => (rights & 1 ? IR : 0n) | (rights & 2 ? IW : 0n);

function prepare(): AmdBench {
  const bench = new AmdBench({ caches: { pageEntries: 8, pageWays: 2 } }).start();
  for (const half of [0, 1]) bench.write(bench.entry(BigInt(half) * 0x200000n, 2), tableOf(half) | PR | RW | next(1));
  return bench;
}

function edit(bench: AmdBench, step: Action): void {
  if (step.do === 'map')
    bench.write(
      leafOf(step.page),
      (BigInt(0x100 + step.target) << 12n) | rightsOf(step.rights) | (step.present ? PR : 0n),
    );
  if (step.do === 'run') {
    const pages = 2 ** (step.bits - 12);
    const first = step.page - (step.page % pages);
    const size = 1n << BigInt(step.bits);
    const entry = 0x400000n | ((size - 1n) & ~(size >> 1n) & ~0xfffn) | PR | RW | next(7);
    for (let index = first; index < first + pages; index++) bench.write(leafOf(index), entry);
  }
  if (step.do === 'large') {
    const at = bench.entry(BigInt(step.half) * 0x200000n, 2);
    bench.write(at, step.on ? 0x600000n | PR | RW : tableOf(step.half) | PR | RW | next(1));
  }
}

/** The walk alone, in BigInt, by the specification: no caches, no engine. */
function oracle(bench: AmdBench, address: bigint, write: boolean): string {
  let table = 0x10000n;
  let rights = RW;
  for (let level = 4; ;) {
    const entry = bench.read(table + ((address >> BigInt(3 + 9 * level)) & 511n) * 8n);
    if ((entry & PR) === 0n) return 'fault';
    rights &= entry;
    if ((rights & (write ? IW : IR)) === 0n) return 'fault';
    const lower = Number((entry >> 9n) & 7n);
    const target = entry & 0xffffffffff000n;
    if (lower !== 0 && lower !== 7) {
      table = target;
      level = lower;
      continue;
    }
    let bits = BigInt(3 + 9 * level);
    if (lower === 7) for (bits = 13n; (entry >> (bits - 1n)) & 1n; bits++);
    const inside = (1n << bits) - 1n;
    return `${(target & ~inside) | (address & inside)}`;
  }
}

const ask = (bench: AmdBench, step: Extract<Action, { do: 'dma' }>): string =>
  bench.dma(addressOf(step.page), step.write ? 'write' : 'read') === 0 ? `${bench.out}` : 'fault';

/** An invalidation with S of 2^order pages around a page; one page for order 0. */
function flush(bench: AmdBench, index: number, order: number): void {
  const size = 1n << BigInt(12 + order);
  const first = addressOf(index) & ~(size - 1n);
  bench.submit(
    order === 0
      ? command.pages(domain, first)
      : command.pages(domain, first | ((size - 1n) & ~(size >> 1n) & ~0xfffn), 1n),
  );
}

describe('caches', () => {
  test('with an invalidation after every edit, a cached unit answers as the tables say', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (steps) => {
        const bench = prepare();
        for (const step of steps) {
          if (step.do === 'dma') expect(ask(bench, step)).toBe(oracle(bench, addressOf(step.page), step.write));
          else {
            edit(bench, step);
            flush(bench, 0, 12);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('without invalidation the answer is one that the tables gave since the last one that covers it, never a third', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (steps) => {
        const bench = prepare();
        /** For each page and kind: every answer that was true since the last covering invalidation. */
        const allowed = new Map<string, Set<string>>();
        const key = (index: number, write: boolean): string => `${index}${write ? 'w' : 'r'}`;
        const note = (forget: (index: number) => boolean): void => {
          for (let index = 0; index < 16; index++)
            for (const write of [false, true]) {
              const answers = (forget(index) ? undefined : allowed.get(key(index, write))) ?? new Set<string>();
              answers.add(oracle(bench, addressOf(index), write));
              allowed.set(key(index, write), answers);
            }
        };
        note(() => true);
        for (const step of steps) {
          if (step.do === 'dma') expect(allowed.get(key(step.page, step.write))).toContain(ask(bench, step));
          else if (step.do === 'flush') {
            flush(bench, step.page, step.order);
            const first = addressOf(step.page) >> BigInt(12 + step.order);
            note((index) => addressOf(index) >> BigInt(12 + step.order) === first);
          } else {
            edit(bench, step);
            note(() => false);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('nothing outside what is mapped is ever reached', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(page, { maxLength: 16 }),
        fc.array(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { maxLength: 20 }),
        (pages, addresses) => {
          const bench = prepare();
          for (const index of pages) bench.write(leafOf(index), (BigInt(0x100 + index) << 12n) | PR | RW);
          const reachable = new Set(pages.map((index) => BigInt(0x100 + index)));
          const asked = [...addresses, ...Array.from({ length: 16 }, (_, index) => addressOf(index) + 0xfffn)];
          for (const address of asked)
            if (bench.dma(address, 'write') === 0) expect(reachable).toContain(bench.out >> 12n);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('following a request changes nothing: the same answers, events and reads with and without', () => {
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
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (steps) => {
      const [plain, followed] = [prepare(), prepare()];
      for (const step of steps) {
        if (step.do === 'dma') {
          const follower = new Follower();
          followed.unit.watch = follower;
          const answer = ask(followed, step);
          followed.unit.watch = null;
          expect(answer).toBe(ask(plain, step));
          expect(followed.event).toEqual(plain.event);
          const stops = follower.codes.filter((code) => decisionRow(code).flow === 'stops');
          expect(stops).toHaveLength(answer === 'fault' ? 1 : 0);
        } else
          for (const bench of [plain, followed])
            if (step.do === 'flush') flush(bench, step.page, step.order);
            else edit(bench, step);
      }
      expect(followed.unit.hostWalk.reads).toBe(plain.unit.hostWalk.reads);
      expect(followed.unit.dma.hits).toBe(plain.unit.dma.hits);
    }),
    { numRuns: 150 },
  );
});
