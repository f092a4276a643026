import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noPasid } from '../../main/remapping/access.ts';
import { bigOf } from '../../main/remapping/core/quad.ts';
import type { Watch } from '../../main/remapping/watch.ts';
import { RW } from './kit/bench.ts';
import { A, D, firstTop, pgtt, ScalableBench, secondTop } from './kit/scalable-bench.ts';

/** Guest memory that nested tables and pages lie in: the first 2 MiB, page by page. */
const guestPages = 128;
const target = fc.integer({ min: 64, max: guestPages - 1 });
const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('dma' as const),
      page: fc.nat({ max: 7 }),
      write: fc.boolean(),
      pasid: fc.constantFrom(noPasid, 3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('first' as const),
      page: fc.nat({ max: 7 }),
      target,
      bits: fc.constantFrom(0n, 1n, 3n, 5n, 7n, 7n | A, 7n | A | D, 7n | (1n << 51n)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('second' as const),
      page: fc.oneof(target, fc.nat({ max: 7 })),
      bits: fc.constantFrom(0n, 1n, 2n, RW, RW | 0x100n, RW | (1n << 50n)),
    }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;
type Stage = 'first' | 'second' | 'nested';

const stages = fc.constantFrom<Stage>('first', 'second', 'nested');

/** Both PASIDs lead to the same tables. `marks`: SSADE, so that the second stage has A and D too. */
function prepare(stage: Stage, marks: boolean): ScalableBench {
  const bench = new ScalableBench();
  const entry = [marks ? 1n << 9n : 0n, 0n, 0n] as const;
  bench.begin({ stage: pgtt[stage], entry, context: 1n << 3n });
  bench.writeEntry({ stage: pgtt[stage], entry, pasid: 3 });
  for (let page = 0; page < guestPages; page++) bench.mapSecond(BigInt(page) << 12n, BigInt(page) << 12n);
  for (let page = 0; page < 8; page++) bench.mapFirst(BigInt(page) << 12n, BigInt(64 + page) << 12n);
  return bench;
}

function edit(bench: ScalableBench, step: Exclude<Action, { do: 'dma' }>): void {
  const address = BigInt(step.page) << 12n;
  if (step.do === 'first') bench.write(bench.slot(firstTop, address, 1, 7n), (BigInt(step.target) << 12n) | step.bits);
  else bench.write(bench.slot(secondTop, address, 1, RW), address | step.bits);
}

function ask(bench: ScalableBench, step: Extract<Action, { do: 'dma' }>): string {
  const reason = bench.ask((BigInt(step.page) << 12n) | 8n, { kind: step.write ? 'write' : 'read', pasid: step.pasid });
  const { outHi, outLo } = bench.unit.dma;
  return reason === 0 ? bigOf(outHi, outLo).toString(16) : `fault ${reason.toString(16)}`;
}

/** Every table, as the walks have left it. */
function tables(bench: ScalableBench): bigint[] {
  return Array.from({ length: 16 }, (_, index) => index).flatMap((index) => [
    bench.read(bench.slot(firstTop, BigInt(index) << 12n, 1, 7n)),
    bench.read(bench.slot(secondTop, BigInt(64 + index) << 12n, 1, RW)),
  ]);
}

function forgetAll({ unit }: ScalableBench): void {
  unit.iotlb.clear();
  unit.structures.cache.clear();
  unit.scalable.forget();
}

const follower: Watch = new Proxy({} as Watch, { get: () => () => undefined });

describe('scalable mode', () => {
  test('with an invalidation after every edit, a cached unit answers and marks as one that forgets everything', () => {
    fc.assert(
      fc.property(stages, fc.boolean(), fc.array(action, { maxLength: 40 }), (stage, marks, steps) => {
        const [cached, cold] = [prepare(stage, marks), prepare(stage, marks)];
        for (const step of steps) {
          if (step.do === 'dma') {
            forgetAll(cold);
            expect(ask(cached, step)).toBe(ask(cold, step));
            expect(cached.record()).toEqual(cold.record());
          } else {
            for (const bench of [cached, cold]) edit(bench, step);
            cached.iotlbCommand(1);
          }
        }
        expect(tables(cached)).toEqual(tables(cold));
      }),
      { numRuns: 150 },
    );
  });

  test('an invalidation of just the page whose leaf was changed is enough, with the hint that it was a leaf', () => {
    fc.assert(
      fc.property(stages, fc.boolean(), fc.array(action, { maxLength: 40 }), (stage, marks, steps) => {
        const [cached, cold] = [prepare(stage, marks), prepare(stage, marks)];
        for (const step of steps) {
          if (step.do === 'dma') {
            forgetAll(cold);
            expect(ask(cached, step)).toBe(ask(cold, step));
            continue;
          }
          for (const bench of [cached, cold]) edit(bench, step);
          const { invalidation } = cached.unit;
          const page = step.page << 12;
          if (step.do === 'second') invalidation.translations(3, 5, 0, page, 0, true, null);
          else for (const pasid of [0, 3]) invalidation.spaceTranslations(5, pasid, 0, page, 0, true, null);
        }
        expect(tables(cached)).toEqual(tables(cold));
      }),
      { numRuns: 150 },
    );
  });

  test('following a request changes nothing: the plain walk is the careful one', () => {
    fc.assert(
      fc.property(stages, fc.boolean(), fc.array(action, { maxLength: 40 }), (stage, marks, steps) => {
        const [plain, followed] = [prepare(stage, marks), prepare(stage, marks)];
        followed.unit.watch = follower;
        for (const step of steps) {
          if (step.do === 'dma') {
            expect(ask(plain, step)).toBe(ask(followed, step));
            expect(plain.record()).toEqual(followed.record());
          } else for (const bench of [plain, followed]) edit(bench, step);
        }
        expect(plain.unit.walk.reads).toBe(followed.unit.walk.reads);
        expect(plain.unit.scalable.firstStage.reads).toBe(followed.unit.scalable.firstStage.reads);
        expect(plain.unit.dma.hits).toBe(followed.unit.dma.hits);
        expect(tables(plain)).toEqual(tables(followed));
      }),
      { numRuns: 150 },
    );
  });
});
