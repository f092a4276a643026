import { describe, expect, test } from 'vitest';
import { recordScenario } from '../../../main/remapping/scenarios/run-scenario.ts';
import { addressParts } from '../../../renderer/simulator/address-parts.ts';
import { interruptView } from '../../../renderer/simulator/interrupt-view.ts';
import { cellOf, memoryHeat } from '../../../renderer/simulator/memory-heat.ts';
import { occupancyAt } from '../../../renderer/simulator/occupancy.ts';
import { sceneAt } from '../../../renderer/simulator/stations.ts';
import { unitView } from '../../../renderer/simulator/unit-view.ts';
import { positionOf, story } from './story.ts';

const sceneOf = (decision: string) => {
  const scene = sceneAt(story, positionOf(story, decision));
  if (scene === null) throw new Error('no scene');
  return scene;
};

describe('the tables at the playhead', () => {
  test('a table is ahead until its step, here at it, passed after it', () => {
    const at = positionOf(story, 'context-entry-translates');
    const states = (position: number) => sceneAt(story, position)?.tables.map(({ state }) => state);
    expect(states(at - 1)?.slice(0, 2)).toEqual(['here', 'ahead']);
    expect(states(at)?.slice(0, 3)).toEqual(['passed', 'here', 'ahead']);
  });

  test('the faulting walk stops at its table and leaves the lower ones unread', () => {
    const { tables, stop, arrived } = sceneOf('paging-not-present');
    const at = tables.findIndex(({ state }) => state === 'stopped');
    expect(tables[at]?.level).toBe(stop?.level);
    expect(tables.slice(at + 1).every(({ state }) => state === 'ahead')).toBe(true);
    expect(tables.slice(0, 2).map(({ state }) => state)).toEqual(['ahead', 'ahead']);
    expect(arrived).toBe(false);
  });

  test('the bits of every level are those that the engine indexed with', () => {
    for (const [position, step] of story.steps.entries()) {
      if (step.structure !== 'paging-table') continue;
      const table = sceneAt(story, position)?.tables.find(({ level }) => level === step.level);
      expect(table?.bits).toEqual({ high: step.indexBits?.high, low: step.indexBits?.low });
      expect(table?.index).toBe(step.indexBits?.value);
      expect(table?.position).toBe(position);
    }
  });
});

describe('the requested address', () => {
  test('its parts cover bits 47 to 0 without a gap and give the address back', () => {
    const { transaction, all } = sceneOf('memory-written');
    const parts = addressParts(transaction, all, transaction.firstStep);
    expect(parts[0]?.high).toBe(47);
    expect(parts.at(-1)?.low).toBe(0);
    parts.slice(1).forEach((part, at) => expect(part.high).toBe((parts[at]?.low ?? 0) - 1));
    const whole = parts.reduce((sum, part) => sum | (BigInt(part.value) << BigInt(part.low)), 0n);
    expect(whole).toBe(BigInt(transaction.address));
  });

  test('only the levels that were read are told', () => {
    const { transaction, done } = sceneOf('paging-not-present');
    expect(addressParts(transaction, done, transaction.firstStep).map(({ level }) => level)).toEqual([4, 3, 2]);
  });

  test('a cached access is split into page and offset, a message into range, handle and format', () => {
    const cached = sceneOf('iotlb-hit');
    const [page, offset] = addressParts(cached.transaction, cached.done, 0);
    expect((BigInt(page?.value ?? 0) << 12n) | BigInt(offset?.value ?? 0)).toBe(BigInt(cached.transaction.address));
    const message = sceneOf('interrupt-delivered');
    const parts = addressParts(message.transaction, message.done, 0);
    const index = message.done.find(({ decision }) => decision === 'interrupt-index-in-table')?.values.index;
    expect(parts.map(({ kind, value }) => [kind, value])).toEqual([
      ['range', 0xfee],
      ['handle', index],
      ['format', 1],
    ]);
  });
});

describe('caches and memory', () => {
  test('the page is kept with its fill step, and found again at the hit', () => {
    const fill = positionOf(story, 'iotlb-filled');
    expect(occupancyAt(story, fill - 1).pages).toEqual([]);
    expect(occupancyAt(story, fill).pages).toHaveLength(1);
    expect(occupancyAt(story, positionOf(story, 'iotlb-hit')).page).toBe(0);
    expect(unitView(sceneOf('iotlb-hit'), occupancyAt(story, positionOf(story, 'iotlb-hit'))).here).toContain('hit');
  });

  test('the interrupt entry is kept under its index', () => {
    const { interrupts } = occupancyAt(story, story.steps.length - 1);
    expect(interrupts).toEqual([interruptView(sceneOf('interrupt-delivered')).entry]);
  });

  test('memory stays untouched by the stopped write', () => {
    const stopped = story.transactions.findIndex(({ outcome }) => outcome === 'blocked');
    const first = story.transactions[stopped]?.firstStep ?? 0;
    const end = first + (story.transactions[stopped]?.steps ?? 1) - 1;
    expect(memoryHeat(story, end, 80).cells).toEqual(memoryHeat(story, first - 1, 80).cells);
    expect(memoryHeat(story, end, 80).touched).toBeNull();
  });

  test('a cell is found for every byte of guest memory and for none beside it', () => {
    const [range] = story.guestMemory;
    const last = story.guestMemory.at(-1);
    if (!range || !last) throw new Error('no guest memory');
    const hex = (value: bigint) => `0x${value.toString(16)}`;
    expect(cellOf(story.guestMemory, range.host, 80)).toBe(0);
    expect(cellOf(story.guestMemory, hex(BigInt(last.host) + BigInt(last.bytes) - 1n), 80)).toBe(79);
    expect(cellOf(story.guestMemory, hex(BigInt(last.host) + BigInt(last.bytes)), 80)).toBeNull();
  });

  test('what reaches the host’s own memory lights a cell below the guest’s, and warms none', () => {
    const through = recordScenario('first-story', story.path, 'vtd', { translation: 'off' });
    const at = positionOf(through, 'memory-written');
    const { cells, touched } = memoryHeat(through, at, 80, 20);
    expect(touched).toBeGreaterThanOrEqual(80);
    expect(touched).toBeLessThan(100);
    expect(Math.max(...cells)).toBe(0);
  });

  test('an interrupt names entry, sender and processor as they were delivered', () => {
    const view = interruptView(sceneOf('interrupt-delivered'));
    const delivered = story.transactions.find(({ kind }) => kind === 'interrupt')?.delivered;
    expect(view.delivered).toEqual(delivered);
    expect(view.check).toEqual({ source: story.path.device, passes: true });
    expect(interruptView(sceneOf('memory-written')).position).toBeNull();
  });
});
