import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupsText } from '../../../main/words/groups.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { measured } from '../../../main/machine/fact.ts';
import { acsLooks, acsReading, acsStanding, missingBits } from '../../../renderer/kit/acs.ts';
import { briefName } from '../../../renderer/groups/brief-name.ts';
import { dutiesOf } from '../../../renderer/groups/duties.ts';
import { filterForest } from '../../../renderer/groups/filter.ts';
import { cardOf, growForest } from '../../../renderer/groups/forest.ts';
import { judge } from '../../../renderer/groups/judge.ts';
import { runsOf, shortRunsOf } from '../../../renderer/groups/numbers.ts';
import { cornersOf, outlinePath } from '../../../renderer/groups/outline.ts';
import { subjectOf, subjectText } from '../../../renderer/groups/subject.ts';
import { accident, accidentGroups, at, functionsOf } from './functions.ts';

const port = (
  acs: { capability: number; control: number } | null,
  type: 'root-port' | 'upstream-port' = 'root-port',
) => {
  const [fn] = functionsOf([{ at: '00:01.0', below: 1, acs, port: type }]);
  if (fn === undefined) throw new Error('no function');
  return fn;
};

describe('ACS bits', () => {
  test('a bit that the capability does not offer counts as met', () => {
    const fn = port({ capability: 0x01, control: 0x01 });
    expect(acsLooks(fn)).toEqual(['on', 'wired', 'wired', 'wired']);
    expect(acsStanding(fn)).toBe('full');
  });
  test('a bit that is offered and switched off is missing', () => {
    const fn = port({ capability: 0x1d, control: 0x15 });
    expect(missingBits(fn)).toEqual(['CR']);
    expect(acsStanding(fn)).toBe('partial');
  });
  test('without a capability all four are missing', () => {
    expect(acsReading(port(null))).toEqual(['absent', 'absent', 'absent', 'absent']);
    expect(acsStanding(port(null))).toBe('none');
  });
  test('an upstream port of one function has no say and no bars', () => {
    expect(acsLooks(port(null, 'upstream-port'))).toBeNull();
    expect(acsStanding(port(null, 'upstream-port'))).toBe('unheard');
  });
});

test('numbers join into runs of three and more', () => {
  expect(runsOf([0, 3, 4, 5, 6, 7, 9])).toBe('0 3–7 9');
  expect(runsOf([4, 5])).toBe('4 5');
  expect(shortRunsOf([13, 14, 15, 36])).toBe('13–15 …');
});

test('a link names a function or a group, and nothing else', () => {
  for (const text of ['0000:01:00.0', 'group:14', '10000:e1:00.0']) {
    const subject = subjectOf(text);
    expect(subject === null ? null : subjectText(subject)).toBe(text);
  }
  fc.assert(fc.property(fc.string(), (text) => subjectOf(text) === null || /^(group:\d+|[\s0-9a-f:.]+)$/i.test(text)));
});

describe('an outline', () => {
  const bands = [
    { left: 100, right: 300, top: 0, bottom: 20 },
    { left: 50, right: 300, top: 20, bottom: 60 },
  ];
  test('has a corner where its width changes and none on a straight side', () => {
    expect(cornersOf(bands)).toHaveLength(6);
    expect(
      cornersOf([
        { left: 0, right: 9, top: 0, bottom: 5 },
        { left: 0, right: 9, top: 5, bottom: 9 },
      ]),
    ).toHaveLength(4);
  });
  test('is one closed path', () => {
    const path = outlinePath(bands, 10);
    expect(path.match(/M/g)).toHaveLength(1);
    expect(path.endsWith('Z')).toBe(true);
    expect(path).not.toContain('NaN');
  });
});

describe('what is said of a function', () => {
  const forest = growForest(accident, accidentGroups);
  const card = forest.at.get(at('03:00.0'));
  if (card === undefined) throw new Error('no card');

  test('the functions of a card light up together', () => {
    expect(cardOf(card).map(({ address }) => address)).toEqual([at('03:00.0'), at('03:00.1')]);
  });
  test('its name is the one that people know, its sound is its own', () => {
    expect(briefName(card)).toBe('Card One');
    const sound = forest.at.get(at('03:00.1'));
    expect(sound && briefName(sound)).toBe('its HDMI audio');
  });
  test('sharing with the disk that holds / comes first', () => {
    const said = judge(forest, card, new Set([2]), false);
    expect(said.danger).toBe(true);
    expect(said.consequence).toBe('Your graphics card shares a group with the disk you boot from.');
    expect(said.why).toContain('your disk');
  });
  test('without groups nothing is promised', () => {
    const bare = growForest(accident, null);
    const leaf = bare.at.get(at('03:00.0'));
    expect(leaf && judge(bare, leaf, new Set(), false).consequence).toBe(
      'Whether it can be given alone cannot be known yet.',
    );
  });
  test('a filter keeps the ports above its hits', () => {
    const found = filterForest(forest, 'ahci');
    expect([...(found?.hits ?? [])]).toEqual([at('04:00.0')]);
    expect([...(found?.drawn ?? [])].sort()).toEqual(['00:01.0', '01:00.0', '02:02.0', '04:00.0'].map(at));
    expect(filterForest(forest, '   ')).toBeNull();
  });
});

/** As much of a machine as these readers look at. */
const machineWith = (name: string): Machine =>
  ({
    functions: accident.map((fn) => ({ ...fn, names: { ...fn.names, device: name } })),
    disks: measured(
      [
        {
          name: 'sda',
          model: null,
          bytes: null,
          behind: at('04:00.0'),
          mounts: [{ target: '/', device: 'sda2', fileSystem: 'ext4' }],
        },
      ],
      '/proc/self/mountinfo',
    ),
    interfaces: measured([], 'x'),
    usb: measured([], 'x'),
  }) as unknown as Machine;

test('the disk with / is the gravest duty of its controller', () => {
  expect(dutiesOf(machineWith('x')).get(at('04:00.0'))).toEqual([
    { kind: 'system-disk', mount: '/', device: 'sda2', disk: 'sda' },
  ]);
});

test('the terminal names each group once with its members, and no name drives the terminal', () => {
  const groups = {
    source: 'read' as const,
    groups: accidentGroups.map(({ id, devices }) => ({ id, devices, joinedBy: [] })),
  };
  const text = groupsText(groups, machineWith('evil\u001b[31m\u202ename'));
  expect(text).toContain('Group 2 (holds / on sda2: the host cannot run without it)');
  for (const fn of accident) expect(text.split(fn.address)).toHaveLength(2);
  // eslint-disable-next-line no-control-regex -- exactly what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});
