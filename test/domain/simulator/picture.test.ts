import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packetRoute } from '../../../renderer/simulator/packet-route.ts';
import { layPicture, leastWidth, rowMiddle, rowOf, tableRows } from '../../../renderer/simulator/picture-layout.ts';
import type { Box } from '../../../renderer/simulator/picture-layout.ts';
import { cutAt, lengthOf, partOf, pointAt } from '../../../renderer/simulator/polyline.ts';
import { sceneAt, tablesOf } from '../../../renderer/simulator/stations.ts';
import { positionOf, story, storyBehind } from './story.ts';

const rooms = fc.integer({ min: 0, max: 4000 });
const portCounts = fc.integer({ min: 0, max: 6 });
const tableCounts = fc.integer({ min: 2, max: 7 });

describe('the layout of the picture', () => {
  test('holds every box apart, in the order of the path, at any width', () => {
    fc.assert(
      fc.property(rooms, portCounts, tableCounts, (room, ports, tables) => {
        const layout = layPicture(room, ports, tables);
        const row: readonly Box[] = [layout.device, ...layout.ports, layout.unit, ...layout.tables, layout.memory];
        row.forEach((box, at) => {
          const before = row[at - 1];
          expect(box.x).toBeGreaterThanOrEqual(before === undefined ? 0 : before.x + before.width + 8);
          expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
        });
        const end = layout.memory.x + layout.memory.width;
        expect(layout.width).toBe(end);
      }),
    );
  });

  test('fits into the room from its least width on, and says so', () => {
    fc.assert(
      fc.property(rooms, portCounts, tableCounts, (room, ports, tables) => {
        const { width } = layPicture(room, ports, tables);
        expect(width).toBeLessThanOrEqual(Math.max(room, leastWidth(ports, tables)) + 1e-6);
      }),
    );
  });

  test('a window of 1440 pixels holds one port roomily and three ports without scrolling', () => {
    const centre = 1440 - 208 - 2 * 20;
    expect(layPicture(centre, 1, 6).tables[0]?.width).toBe(72);
    expect(layPicture(centre, 3, 6).width).toBeLessThanOrEqual(centre);
    const narrow = 1180 - 208 - 2 * 20;
    for (const ports of [1, 2]) {
      expect(layPicture(narrow, ports, 6).width).toBeLessThanOrEqual(narrow);
      // A low window scrolls as a whole, and its bar takes 15 pixels.
      expect(layPicture(narrow - 15, ports, 6).width).toBeLessThanOrEqual(narrow - 15);
    }
  });

  test('the row of an entry lies in its table and grows with the index', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 511 }), (index) => {
        expect(rowOf(index, 512)).toBeLessThan(tableRows);
        expect(rowOf(index, 512)).toBeGreaterThanOrEqual(rowOf(Math.max(0, index - 1), 512));
      }),
    );
  });
});

describe('lines', () => {
  const lines = fc.array(
    fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) }),
    { minLength: 1, maxLength: 12 },
  );

  test('a cut line is as long as asked, and its two parts are the whole', () => {
    fc.assert(
      fc.property(lines, fc.double({ min: 0, max: 1, noNaN: true }), (points, share) => {
        const whole = lengthOf(points);
        const at = whole * share;
        expect(lengthOf(cutAt(points, at))).toBeCloseTo(at, 6);
        expect(lengthOf(partOf(points, at, whole))).toBeCloseTo(whole - at, 6);
      }),
    );
  });
});

describe('the way of a packet', () => {
  const layout = layPicture(1192, 1, tablesOf(story).length);
  const routeAt = (at: number) => {
    const scene = sceneAt(story, at);
    if (scene === null) throw new Error('no scene');
    return { scene, route: packetRoute(story, scene, layout, 0) };
  };

  test('never goes back along its way, for any step of any path', () => {
    for (const ports of [0, 1, 3]) {
      const trace = storyBehind(ports);
      const lay = layPicture(1192, ports, tablesOf(trace).length);
      trace.steps.forEach((_, at) => {
        const scene = sceneAt(trace, at);
        if (scene === null) throw new Error('no scene');
        const { stands, points } = packetRoute(trace, scene, lay, 0);
        expect(stands).toHaveLength(scene.all.length);
        expect(stands.every((length, step) => step === 0 || length >= (stands[step - 1] ?? 0))).toBe(true);
        expect(stands.at(-1)).toBeCloseTo(lengthOf(points), 6);
      });
    }
  });

  test('a walk stands at the row of the entry that it reads', () => {
    const at = positionOf(story, 'paging-entry-is-leaf');
    const { scene, route } = routeAt(at);
    const table = scene.tables.findIndex(({ level }) => level === 1);
    const box = layout.tables[table];
    const index = scene.step.indexBits?.value;
    if (!box || index === undefined) throw new Error('no leaf');
    expect(pointAt(route.points, route.stands[scene.step.number - 1] ?? 0)).toEqual({
      x: box.x,
      y: rowMiddle(box, rowOf(index, 512)),
    });
  });

  test('a stopped write never reaches the memory; a cached one flies over the tables', () => {
    const stopped = routeAt(positionOf(story, 'paging-not-present')).route;
    expect(Math.max(...stopped.points.map(({ x }) => x))).toBeLessThan(layout.memory.x);
    const cached = routeAt(positionOf(story, 'iotlb-hit')).route;
    const over = cached.points.filter(({ x }) => x > (layout.tables[0]?.x ?? 0) && x < layout.memory.x - 40);
    expect(over.length).toBeGreaterThan(0);
    expect(over.every(({ y }) => y < (layout.tables[0]?.y ?? 0))).toBe(true);
  });

  test('the fault event of a stopped write is no part of its way', () => {
    const { scene, route } = routeAt(positionOf(story, 'fault-event-sent'));
    const stop = scene.all.findIndex(({ decision }) => decision === 'paging-not-present');
    expect(route.stands.slice(stop)).toEqual(route.stands.slice(stop).map(() => route.stands[stop]));
  });
});
