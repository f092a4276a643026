import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../main/machine/address.ts';
import { recordScenario } from '../../../main/remapping/scenarios/run-scenario.ts';
import { addressParts } from '../../../renderer/simulator/address-parts.ts';
import { entryWords } from '../../../renderer/simulator/entry-words.ts';
import { digitGroups } from '../../../renderer/simulator/hex-text.ts';
import { interruptView } from '../../../renderer/simulator/interrupt-view.ts';
import { occupancyAt } from '../../../renderer/simulator/occupancy.ts';
import { packetRoute } from '../../../renderer/simulator/packet-route.ts';
import { layPicture } from '../../../renderer/simulator/picture-layout.ts';
import { lengthOf } from '../../../renderer/simulator/polyline.ts';
import { sceneAt, tablesOf } from '../../../renderer/simulator/stations.ts';
import { unitView } from '../../../renderer/simulator/unit-view.ts';
import { positionOf } from './story.ts';

const device = parseAddress('0000:41:00.0');
if (device === null) throw new Error('address');
const story = recordScenario('first-story', { device, ports: [{ address: device, sourceValidation: 'on' }] }, 'amd');
const sceneOf = (decision: string) => {
  const scene = sceneAt(story, positionOf(story, decision));
  if (scene === null) throw new Error('no scene');
  return scene;
};

describe('the story of an AMD machine in the simulator', () => {
  test('one device table, then three levels, each read where the engine read it', () => {
    expect(tablesOf(story).map(({ key }) => key)).toEqual(['device', 'level-3', 'level-2', 'level-1']);
    const { tables } = sceneOf('amd-memory-written');
    expect(tables.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed', 'passed']);
    expect(tables[0]?.index).toBe(0x4100);
    const stopped = sceneOf('amd-paging-not-present');
    expect(stopped.tables.some(({ state }) => state === 'stopped')).toBe(true);
    expect(stopped.tables[0]?.state).toBe('ahead');
  });

  test('every step has its place on the way, and a stopped write never reaches the memory', () => {
    const layout = layPicture(1192, 1, tablesOf(story).length);
    story.steps.forEach((_, at) => {
      const scene = sceneAt(story, at);
      if (scene === null) throw new Error('no scene');
      const { stands, points } = packetRoute(story, scene, layout, 0);
      expect(stands.every((length, step) => step === 0 || length >= (stands[step - 1] ?? 0))).toBe(true);
      expect(stands.at(-1)).toBeCloseTo(lengthOf(points), 6);
      if (scene.transaction.outcome === 'blocked')
        expect(Math.max(...points.map(({ x }) => x))).toBeLessThan(layout.memory.x);
    });
    const cached = packetRoute(story, sceneOf('amd-iotlb-hit'), layout, 0);
    expect(cached.points.some(({ y }) => y < (layout.tables[0]?.y ?? 0))).toBe(true);
  });

  test('caches fill, a hit is told, and the interrupt names entry, sender and processor', () => {
    const hit = positionOf(story, 'amd-iotlb-hit');
    expect(occupancyAt(story, hit)).toMatchObject({ page: 0, contexts: ['0000:41:00.0'] });
    expect(unitView(sceneOf('amd-iotlb-hit'), occupancyAt(story, hit)).here).toContain('hit');
    expect(sceneOf('amd-iotlb-hit').cached).toBe(true);
    const delivered = sceneOf('amd-interrupt-delivered');
    expect(interruptView(delivered)).toMatchObject({
      entry: 7,
      check: { source: '0000:41:00.0', passes: true },
      delivered: { vector: 0x41, destination: 5 },
    });
    expect(occupancyAt(story, story.steps.length - 1).interrupts).toEqual([7]);
  });

  test('the address is taken apart as three levels do; the message’s index is in its data', () => {
    const { transaction, all } = sceneOf('amd-memory-written');
    const parts = addressParts(transaction, all, transaction.firstStep);
    expect(parts.map(({ high, low }) => [high, low])).toEqual([
      [38, 30],
      [29, 21],
      [20, 12],
      [11, 0],
    ]);
    const message = sceneOf('amd-interrupt-delivered');
    expect(addressParts(message.transaction, message.done, 0).map(({ kind, value }) => [kind, value])).toEqual([
      ['range', 0xfee],
    ]);
  });

  test('a device table entry is four words of 64 cells', () => {
    const { read } = sceneOf('amd-device-entry-translates').step;
    if (read?.value == null) throw new Error('no entry');
    expect(entryWords(read, false).map(({ base }) => base)).toEqual([192, 128, 64, 0]);
    expect(digitGroups(read.value, read.bits)).toHaveLength(16);
    const [, third] = entryWords(read, false);
    expect(third?.fields.map(({ label }) => label)).toContain('IntRoot');
  });
});
