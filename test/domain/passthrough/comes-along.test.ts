import { expect, test } from 'vitest';
import fc from 'fast-check';
import { comesAlong } from '../../../main/passthrough/comes-along.ts';
import { neverCrosses, roleOf } from '../../../main/passthrough/role.ts';
import {
  at,
  desktopFunctions,
  desktopGroups,
  functionAt,
  group,
  machineWith,
  port,
} from '../../hosts/built-machine.ts';

const along = (machine: ReturnType<typeof machineWith>, ...chosen: string[]) =>
  comesAlong(machine, chosen.map(at)).map(({ address, reason, because }) => `${address} ${reason} ${because}`);

test('A card comes with its other functions, whether or not groups are known', () => {
  const wanted = ['0000:01:00.0 chosen 0000:01:00.0', '0000:01:00.1 same-slot 0000:01:00.0'];
  expect(along(machineWith({ functions: desktopFunctions(), groups: desktopGroups() }), '0000:01:00.0')).toEqual(
    wanted,
  );
  expect(along(machineWith({ functions: desktopFunctions(), groups: 'off' }), '0000:01:00.0')).toEqual(wanted);
});

test('Everything of a group comes along, the cards of those too, but no port, host bridge or ISA bridge', () => {
  const machine = machineWith({
    functions: desktopFunctions(),
    groups: [group(1, '0000:00:00.0', '0000:00:01.0', '0000:00:1f.0', '0000:01:00.1', '0000:02:00.0')],
  });
  expect(along(machine, '0000:01:00.0')).toEqual([
    '0000:01:00.0 chosen 0000:01:00.0',
    '0000:01:00.1 same-slot 0000:01:00.0',
    '0000:02:00.0 same-group 0000:01:00.0',
  ]);
});

test('In a slot of the chipset the board’s own parts stay unless the group ties them', () => {
  const apart = machineWith({ functions: desktopFunctions(), groups: [group(9, '0000:00:1f.3')] });
  expect(along(apart, '0000:00:1f.3')).toEqual(['0000:00:1f.3 chosen 0000:00:1f.3']);
  const tied = machineWith({ functions: desktopFunctions(), groups: desktopGroups() });
  expect(along(tied, '0000:00:1f.3')).toEqual([
    '0000:00:1f.3 chosen 0000:00:1f.3',
    '0000:00:1f.4 same-group 0000:00:1f.3',
  ]);
});

test('On a root bus a slot is no card: the groups alone decide who goes along', () => {
  const functions = [
    functionAt('0000:00:14.0', { classCode: 0x0c0330 }),
    functionAt('0000:00:14.2', { classCode: 0x050000 }),
    functionAt('0000:00:14.3', { classCode: 0x028000 }),
  ];
  const machine = machineWith({
    functions,
    groups: [group(7, '0000:00:14.0', '0000:00:14.2'), group(8, '0000:00:14.3')],
  });
  expect(along(machine, '0000:00:14.3')).toEqual(['0000:00:14.3 chosen 0000:00:14.3']);
  expect(along(machineWith({ functions, groups: 'off' }), '0000:00:14.3')).toEqual([
    '0000:00:14.0 same-slot 0000:00:14.3',
    '0000:00:14.3 chosen 0000:00:14.3',
  ]);
});

test('A virtual function takes neither its neighbours nor its physical function along', () => {
  const physicalFunction = '0000:05:00.0';
  const functions = [
    functionAt(physicalFunction, { classCode: 0x020000 }),
    functionAt('0000:05:00.1', { classCode: 0x020000, physicalFunction }),
    functionAt('0000:05:00.2', { classCode: 0x020000, physicalFunction }),
  ];
  const machine = machineWith({
    functions,
    groups: [group(1, physicalFunction), group(2, '0000:05:00.1'), group(3, '0000:05:00.2')],
  });
  expect(along(machine, '0000:05:00.1')).toEqual(['0000:05:00.1 chosen 0000:05:00.1']);
  expect(along(machine, physicalFunction)).toEqual(['0000:05:00.0 chosen 0000:05:00.0']);
});

const twoPorts = (first: readonly string[], second: readonly string[], ids: readonly [number, number]) =>
  machineWith({
    functions: [
      functionAt('0000:05:00.0', { classCode: 0x020000, resetMethods: first }),
      functionAt('0000:05:00.1', { classCode: 0x020000, resetMethods: second }),
    ],
    groups:
      ids[0] === ids[1]
        ? [group(1, '0000:05:00.0', '0000:05:00.1')]
        : [group(1, '0000:05:00.0'), group(2, '0000:05:00.1')],
  });

test('A port in a group of its own that resets alone comes along, but may stay', () => {
  const machine = twoPorts(['flr'], ['flr', 'bus'], [1, 2]);
  expect(comesAlong(machine, [at('0000:05:00.0')]).map(({ mayStay }) => mayStay)).toEqual([false, true]);
  expect(comesAlong(machine, [at('0000:05:00.0')], [at('0000:05:00.1')]).map(({ address }) => address)).toEqual([
    '0000:05:00.0',
  ]);
});

test.each([
  ['the kernel ties it by its group', twoPorts(['flr'], ['flr'], [1, 1])],
  ['only a bus reset resets what is given', twoPorts(['bus'], ['flr'], [1, 2])],
  ['its own reset takes the card down', twoPorts(['flr'], ['bus'], [1, 2])],
  ['nobody knows how it resets', twoPorts(['flr'], [], [1, 2])],
])('It cannot stay where %s', (_why, machine) => {
  const [chosen, other] = [at('0000:05:00.0'), at('0000:05:00.1')];
  const crossed = comesAlong(machine, [chosen], [other]);
  expect(crossed.map(({ address }) => address)).toEqual([chosen, other]);
  expect(crossed.every((one) => !one.mayStay)).toBe(true);
});

test('What was chosen is never kept', () => {
  const machine = twoPorts(['flr'], ['flr'], [1, 2]);
  const both = [at('0000:05:00.0'), at('0000:05:00.1')];
  expect(comesAlong(machine, both, both).map(({ address }) => address)).toEqual(both);
});

test('For any groups: closed under slot and group, no bridge, chosen ones inside, sorted and without repeats', () => {
  const slots = [1, 2, 3, 4, 5].flatMap((bus) => [0, 1].map((fn) => `0000:0${bus}:00.${fn}`));
  const ports = [1, 2, 3].map((device) => `0000:00:0${device}.0`);
  const functions = [...slots.map((address) => functionAt(address, { classCode: 0x020000 })), ...ports.map(port)];
  const all = [...slots, ...ports];
  fc.assert(
    fc.property(
      fc.array(fc.nat(4), { minLength: all.length, maxLength: all.length }),
      fc.subarray(slots, { minLength: 1 }),
      (ids, chosen) => {
        const groups = [0, 1, 2, 3, 4].map((id) => group(id, ...all.filter((_address, index) => ids[index] === id)));
        const machine = machineWith({ functions, groups });
        const crossed = comesAlong(machine, chosen.map(at));
        const inside = new Set<string>(crossed.map(({ address }) => address));
        expect([...inside]).toEqual([...inside].sort());
        expect(inside.size).toBe(crossed.length);
        for (const address of chosen) expect(inside).toContain(address);
        for (const { address, because } of crossed) {
          expect(chosen).toContain(because);
          const fn = functions.find((one) => one.address === address);
          expect(fn !== undefined && neverCrosses(roleOf(fn))).toBe(false);
          expect(inside).toContain(address.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')));
          const id = ids[all.indexOf(address)];
          for (const [index, other] of all.entries()) {
            if (ids[index] === id && !ports.includes(other)) expect(inside).toContain(other);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});
