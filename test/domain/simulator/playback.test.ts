import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexTrace } from '../../../main/remapping/trace.ts';
import { commandOf } from '../../../renderer/simulator/keys.ts';
import { advance, segmentMilliseconds, speeds } from '../../../renderer/simulator/playback.ts';
import { countersOverTime, growth, hitShare, noCounters, sparkPoints } from '../../../renderer/simulator/sparkline.ts';
import { axisTicks, timelineOf } from '../../../renderer/simulator/timeline.ts';
import { story } from './story.ts';

describe('playing', () => {
  test('goes as far in many frames as in one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { maxLength: 12 }),
        fc.constantFrom(...speeds),
        (frames, speed) => {
          const last = 1000;
          const many = frames.reduce((head, frame) => advance(head, frame, speed, last), { at: 0, carried: 0 });
          const passed = frames.reduce((sum, frame) => sum + frame, 0) * speed;
          expect(many.at * segmentMilliseconds + many.carried).toBeCloseTo(passed, 6);
        },
      ),
    );
  });

  test('stays within the story and does not leap after a sleep', () => {
    expect(advance({ at: 5, carried: 0 }, 3_600_000, 1, 1000).at).toBe(5 + Math.floor(1000 / segmentMilliseconds));
    expect(advance({ at: 9, carried: 0 }, 1000, 4, 10)).toEqual({ at: 10, carried: 0 });
    expect(advance({ at: 3, carried: 10 }, -50, 1, 10)).toEqual({ at: 3, carried: 10 });
  });
});

describe('keys', () => {
  const press = (key: string, held: Partial<Record<'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey', boolean>> = {}) =>
    commandOf({ key, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...held });

  test('arrows go by step, with Shift by transaction, with Alt by access', () => {
    expect(press('ArrowRight')).toEqual({ do: 'forward', stride: 'step' });
    expect(press('ArrowLeft', { shiftKey: true })).toEqual({ do: 'back', stride: 'transaction' });
    expect(press('ArrowRight', { altKey: true })).toEqual({ do: 'forward', stride: 'access' });
  });

  test('F and M look ahead, with Shift back; chords of the browser are left alone', () => {
    expect(press('f')).toEqual({ do: 'forward', stride: 'fault' });
    expect(press('M', { shiftKey: true })).toEqual({ do: 'back', stride: 'miss' });
    expect(press('f', { ctrlKey: true })).toBeNull();
    expect(press('f', { altKey: true })).toBeNull();
    expect(press('x')).toBeNull();
  });
});

describe('the timeline', () => {
  const model = timelineOf(story, 8);

  test('every transaction is on its own track, none overlaps its neighbour', () => {
    const marks = model.tracks.flatMap(({ marks: all }) => all).sort((a, b) => a.start - b.start);
    expect(marks.map(({ transaction }) => transaction)).toEqual(story.transactions.map((_, at) => at));
    marks.slice(1).forEach((mark, at) => expect(mark.start).toBeGreaterThanOrEqual(marks[at]?.end ?? 0));
    expect(model.tracks.find(({ track }) => track === 'interrupt')?.marks).toHaveLength(1);
  });

  test('each blocked transaction has its octagon where it was stopped', () => {
    const blocked = story.transactions.filter(({ outcome }) => outcome === 'blocked');
    expect(model.faults).toHaveLength(blocked.length);
    expect(model.faults[0]?.time).toBe(story.steps[model.faults[0]?.position ?? -1]?.at);
  });

  test('a crowded track shows density and no marks', () => {
    const [first] = story.transactions;
    if (!first) throw new Error('no transaction');
    const crowded = { ...story, transactions: Array.from({ length: 400 }, () => first) };
    const [dma] = timelineOf(crowded, 8).tracks;
    expect(dma?.marks).toEqual([]);
    expect(Math.max(...(dma?.density ?? []))).toBe(1);
  });

  test('ticks are round, ascending, and end within the time', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e12, noNaN: true }), fc.integer({ min: 1, max: 20 }), (end, wanted) => {
        const ticks = axisTicks(end, wanted);
        expect(ticks[0]).toBe(0);
        expect(ticks.length).toBeLessThanOrEqual(wanted + 1);
        expect(ticks.at(-1)).toBeLessThanOrEqual(end * (1 + 1e-9));
      }),
    );
    expect(axisTicks(0, 5)).toEqual([0]);
  });
});

describe('courses of counters', () => {
  const samples = countersOverTime(indexTrace(story), 48);

  test('the stretches of a counter add up to its end', () => {
    const total = growth(samples, 'structureReads').reduce((sum, count) => sum + count, 0);
    expect(total).toBe(story.steps.filter(({ read }) => read !== null).length);
  });

  test('there is no share of hits before the first look-up', () => {
    expect(hitShare(samples[0] ?? noCounters)).toBeNull();
    const hits = story.steps.filter(({ decision }) => decision === 'iotlb-hit').length;
    const misses = story.steps.filter(({ decision }) => decision === 'iotlb-miss').length;
    expect(hitShare(samples.at(-1) ?? noCounters)).toBeCloseTo(hits / (hits + misses), 12);
  });

  test('a line stays inside its box', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 2 }), (values) => {
        for (const { x, y } of sparkPoints(values, 128, 28, 10)) {
          expect(x).toBeLessThanOrEqual(128 + 1e-9);
          expect(y >= 0 && y <= 28).toBe(true);
        }
      }),
    );
  });
});
