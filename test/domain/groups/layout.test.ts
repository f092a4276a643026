import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { machineFromText } from '../../../main/machine/lspci/machine-from-text.ts';
import type { Group } from '../../../main/machine/machine.ts';
import { growForest, isShared, type Forest } from '../../../renderer/groups/forest.ts';
import { allLabels } from '../../../renderer/groups/join-labels.ts';
import { layOut, type Layout } from '../../../renderer/groups/layout.ts';
import { narrowItems } from '../../../renderer/groups/narrow.ts';
import type { Placed } from '../../../renderer/groups/placed.ts';
import { below, leavesOf } from '../../../renderer/groups/rows.ts';
import { wordsWidth } from '../../../renderer/groups/words-width.ts';
import { corpusPresent, dumps, dumpWithGroups, shippedNames, textSource } from '../../hosts/corpus.ts';
import { accident, accidentGroups, at, functionsOf, groupOf, type Sketch } from './functions.ts';

const drawn = (forest: Forest, room = 832, unsafe: readonly number[] = [], brief = false): Layout =>
  layOut({
    forest,
    room,
    unsafe: new Set(unsafe),
    labels: allLabels(forest, null, new Map()),
    open: () => true,
    shown: () => ({ only: null, folded: new Set(), brief }),
    wordsWidth,
  });

const placedIn = (layout: Layout): readonly Placed[] => layout.sections.flatMap(({ placed }) => placed);

/** Every member of a shared group lies inside its outline, and nothing else touches it. */
function expectOutlines(layout: Layout): void {
  for (const { regions, placed } of layout.sections) {
    for (const { group, lobes } of regions) {
      const boxes = lobes.flatMap(({ bands }) => bands);
      for (const each of placed) {
        const right = each.x + each.width;
        const held = boxes.some(
          (box) => box.left < each.x && right < box.right && box.top < each.y - 12 && each.y + 12 < box.bottom,
        );
        const touched = boxes.some(
          (box) => box.left < right && each.x < box.right && box.top < each.y && each.y < box.bottom,
        );
        expect({ of: each.leaf.address, group, held, touched }).toEqual(
          each.leaf.group === group
            ? { of: each.leaf.address, group, held: true, touched: true }
            : { of: each.leaf.address, group, held: false, touched: false },
        );
      }
    }
  }
}

/** Nothing covers anything else. */
function expectApart(layout: Layout): void {
  for (const { placed } of layout.sections) {
    const inOrder = [...placed].sort((a, b) => a.row - b.row || a.x - b.x);
    inOrder.forEach((each, i) => {
      const before = inOrder[i - 1];
      if (before?.row !== each.row) return;
      expect({ of: each.leaf.address, free: before.x + before.width <= each.x }).toEqual({
        of: each.leaf.address,
        free: true,
      });
    });
  }
}

/** Machines of random shape: ports and functions over up to four levels, and any grouping of them. */
const machines = fc
  .array(fc.record({ kind: fc.nat(6), parent: fc.nat(12), group: fc.nat(9), slot: fc.boolean() }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((wishes) => {
    const sketches: Sketch[] = [];
    const ports: { bus: number; used: number; level: number }[] = [{ bus: 0, used: 0, level: 0 }];
    const members = new Map<number, string[]>();
    const codes = [0x030000, 0x010802, 0x060000, 0x088000, 0x0c0330];
    wishes.forEach(({ kind, parent, group, slot }) => {
      const port = ports[parent % ports.length] ?? { bus: 0, used: 0, level: 0 };
      if (port.used > 200) return;
      const address = `${port.bus.toString(16).padStart(2, '0')}:${(port.used >> 3).toString(16).padStart(2, '0')}.${port.used & 7}`;
      port.used += slot ? 1 : 8 - (port.used & 7);
      if (kind > 4 && port.level < 4) {
        sketches.push({
          at: address,
          below: ports.length,
          last: 0xff,
          acs: kind === 5 ? null : { capability: 0x1d, control: 0x1d },
        });
        ports.push({ bus: ports.length, used: 0, level: port.level + 1 });
      } else sketches.push({ at: address, code: codes[kind % codes.length] ?? 0 });
      if (group > 0) members.set(group, [...(members.get(group) ?? []), address]);
    });
    const groups: Group[] = [...members].map(([id, devices]) => groupOf(id, ...devices));
    return growForest(functionsOf(sketches), groups);
  });

describe('the drawing', () => {
  test('draws every function once, each row apart from the one above', () => {
    fc.assert(
      fc.property(machines, fc.integer({ min: 300, max: 2600 }), (forest, room) => {
        const layout = drawn(forest, room);
        const addresses = placedIn(layout).map(({ leaf }) => leaf.address);
        expect([...addresses].sort()).toEqual([...forest.at.keys()].sort());
        for (const { ys } of layout.sections) {
          ys.forEach((y, i) => expect(y - (ys[i - 1] ?? -Infinity)).toBeGreaterThanOrEqual(28));
        }
      }),
    );
  });

  test('an outline holds all its members, and nothing of another group', () => {
    fc.assert(fc.property(machines, (forest) => expectOutlines(drawn(forest))));
  });

  test('folding for length never hides a member of a shared group', () => {
    fc.assert(
      fc.property(machines, (forest) => {
        const layout = drawn(forest, 832, [], true);
        const shown = new Set(placedIn(layout).map(({ leaf }) => leaf));
        for (const leaf of forest.at.values()) {
          if (isShared(forest, leaf)) expect(shown.has(leaf)).toBe(true);
        }
        const more = layout.sections.flatMap(({ rows }) =>
          rows.flatMap(({ end }) => (end.kind === 'more' ? leavesOf(end) : [])),
        );
        expect(more.length + shown.size).toBe(forest.at.size);
      }),
    );
  });

  test('the list on a phone stands for every function once', () => {
    fc.assert(
      fc.property(machines, (forest) => {
        const items = narrowItems({ forest, way: new Set(), only: null, isOpen: (_, otherwise) => otherwise });
        const listed = items.flatMap((item) =>
          item.kind === 'leaf' ? [item.leaf] : item.kind === 'fold' ? item.leaves : [],
        );
        expect(new Set(listed).size).toBe(listed.length);
        const cards = [...forest.at.values()].filter((leaf) => leaf.shape === 'card');
        for (const card of cards) expect(listed).toContain(card);
      }),
    );
  });
});

describe('a group that runs over a switch', () => {
  const forest = growForest(accident, accidentGroups);
  const layout = drawn(forest, 832, [2]);
  const [section] = layout.sections;

  test('is one outline around the switch and all below it, the root port outside', () => {
    const [region] = section?.regions ?? [];
    expect(section?.regions).toHaveLength(1);
    expect(region?.lobes).toHaveLength(1);
    expect(region?.unsafe).toBe(true);
    const root = section?.placed.find(({ leaf }) => leaf.address === at('00:01.0'));
    expect((root?.x ?? 0) + (root?.width ?? 0)).toBeLessThan(region?.lobes[0]?.left ?? 0);
  });

  test('says where it is joined and where it ends', () => {
    const labels = allLabels(forest, null, new Map());
    expect(labels.get(at('02:01.0'))).toEqual({
      kind: 'joins-here',
      lacks: 'capability',
      missing: ['SV', 'RR', 'CR', 'UF'],
    });
    expect(labels.get(at('00:01.0'))).toEqual({ kind: 'ends-here', group: 1, full: true });
    expect(labels.has(at('01:00.0'))).toBe(false);
    const other = forest.at.get(at('04:00.0')) ?? null;
    expect(allLabels(forest, other, new Map()).get(at('02:02.0'))?.kind).toBe('joins-here');
  });

  test('keeps an empty port visible beside its siblings', () => {
    const port = section?.rows.find(({ end }) => end.kind === 'empty-port');
    expect(port === undefined ? [] : leavesOf(port.end).map(({ address }) => address)).toEqual([at('02:03.0')]);
  });

  test('stands without outlines, labels and numbers where groups are not known', () => {
    const bare = drawn(growForest(accident, null));
    expect(bare.sections.flatMap(({ regions, numbers, notes }) => [...regions, ...numbers, ...notes])).toEqual([]);
    expect(placedIn(bare)).toHaveLength(accident.length);
  });

  test('says nothing of ACS where nothing was read', () => {
    const unread = accident.map((fn) => ({
      ...fn,
      acs: { known: false as const, needs: 'root' as const, where: 'config 100h' },
    }));
    const labels = allLabels(growForest(unread, accidentGroups), null, new Map());
    expect([...labels.values()]).toEqual([{ kind: 'ends-here', group: 1, full: false }]);
  });
});

test('members that are not neighbours become lobes on one spine', () => {
  const functions = functionsOf([
    { at: '00:08.0', code: 0x060000 },
    { at: '00:08.1', below: 5, acs: { capability: 1, control: 1 } },
    { at: '00:08.2', below: 6, acs: null },
    { at: '05:00.0', code: 0x030000 },
    { at: '06:00.0', code: 0x010601 },
  ]);
  const groups = [groupOf(5, '00:08.0', '00:08.2', '06:00.0'), groupOf(6, '00:08.1'), groupOf(13, '05:00.0')];
  const [section] = drawn(growForest(functions, groups)).sections;
  const [region] = section?.regions ?? [];
  expect(region?.group).toBe(5);
  expect(region?.lobes).toHaveLength(2);
  expect(region?.spine).toBeGreaterThan(region?.lobes[0]?.right ?? Infinity);
});

test('a folded port stands for all below it', () => {
  const forest = growForest(accident, accidentGroups);
  const port = forest.at.get(at('01:00.0'));
  const layout = layOut({
    forest,
    room: 832,
    unsafe: new Set(),
    labels: new Map(),
    open: () => true,
    shown: () => ({ only: null, folded: new Set([at('01:00.0')]), brief: false }),
    wordsWidth,
  });
  const folded = layout.sections.flatMap(({ rows }) => rows.flatMap(({ end }) => (end.kind === 'folded' ? [end] : [])));
  expect(folded.map(({ leaf, leaves }) => [leaf, leaves.length])).toEqual([
    [port, port === undefined ? 0 : below(port).length],
  ]);
});

describe.skipIf(!corpusPresent)('real machines', () => {
  const forestOf = (name: string): Forest => {
    const machine = machineFromText(dumpWithGroups(name), shippedNames, textSource(name));
    if ('problem' in machine) throw new Error(machine.detail);
    return growForest(machine.functions, machine.groups.known ? machine.groups.value : null);
  };

  test.each(dumps.map(({ name }) => name))('%s: every function once, every outline around its own members', (name) => {
    const forest = forestOf(name);
    const ungrouped = growForest(
      [...forest.at.values()].map(({ fn }) => fn),
      null,
    );
    for (const room of [572, 832, 1312]) {
      const layout = drawn(forest, room);
      expect(
        placedIn(layout)
          .map(({ leaf }) => leaf.address)
          .sort(),
      ).toEqual([...forest.at.keys()].sort());
      expectOutlines(layout);
      expectApart(layout);
      expectApart(drawn(ungrouped, room));
    }
  });

  test('the board of the picture stands where the picture has it', () => {
    const forest = forestOf('msi-b550m-pro-vdh-5600');
    const [section] = drawn(forest, 832, [14]).sections;
    const region = section?.regions.find(({ group }) => group === 14);
    expect(region?.lobes.map(({ left, right }) => [left, right])).toEqual([[116, 797]]);
    const x = (address: string) => section?.placed.find(({ leaf }) => leaf.address === at(address))?.x;
    expect(['00:01.2', '02:00.2', '03:06.0', '04:00.0', '05:05.0', '0a:00.0'].map(x)).toEqual([
      34, 132, 214, 296, 378, 470,
    ]);
  });
});
