import { describe, expect, test } from 'vitest';
import { listGroups } from '../../../../main/assistant/list-groups.ts';
import { moveOf } from '../../../../main/machine/grouping/movable.ts';
import { asItIs, predictGroups } from '../../../../main/machine/grouping/predict-groups.ts';
import { at } from '../../../hosts/built-machine.ts';
import { captureNames } from '../../../hosts/captures.ts';
import { machineOf } from '../../../hosts/machine.ts';
import { captureTree } from '../../../hosts/tree.ts';

const capture = 'vtd-rich-k61';

describe.skipIf(!captureNames.includes(capture))('a card in another slot', () => {
  const machine = machineOf(captureTree(capture));
  const homeOf = (address: string, card?: string, port?: string) => {
    const move = card === undefined || port === undefined ? null : moveOf(machine, at(card), at(port));
    if (move && 'problem' in move) throw new Error(move.problem);
    const { groups } = predictGroups(machine, { ...asItIs, move });
    return groups.find(({ devices }) => devices.includes(at(address)));
  };

  test('behind a port without ACS it joins the port', () => {
    expect(homeOf('0000:01:00.0')?.devices).toEqual(['0000:01:00.0', '0000:01:00.1']);
    const moved = homeOf('0000:01:00.0', '0000:01:00.0', '0000:00:03.0');
    expect(moved?.devices).toEqual(expect.arrayContaining(['0000:00:03.0', '0000:01:00.0', '0000:01:00.1']));
    expect(moved?.joins).toContainEqual({
      rule: 'no-acs',
      port: '0000:00:03.0',
      missing: ['SV', 'RR', 'CR', 'UF'],
    });
  });

  test('behind a port with ACS it leaves the port that it joined, which keeps its group', () => {
    expect(homeOf('0000:03:00.0')?.devices).toContain('0000:00:03.0');
    expect(homeOf('0000:03:00.0', '0000:03:00.0', '0000:00:02.0')?.devices).toEqual(['0000:03:00.0']);
    expect(homeOf('0000:00:03.0', '0000:03:00.0', '0000:00:02.0')?.devices).not.toContain('0000:03:00.0');
  });

  test('every function stays in the answer, once', () => {
    const move = moveOf(machine, at('0000:03:00.0'), at('0000:00:02.0'));
    if ('problem' in move) throw new Error(move.problem);
    const members = (groups: readonly { devices: readonly string[] }[]) =>
      groups.flatMap(({ devices }) => devices).sort();
    expect(members(predictGroups(machine, { ...asItIs, move }).groups)).toEqual(members(predictGroups(machine).groups));
  });

  test('only a port can take a card, and not one below it', () => {
    expect(moveOf(machine, at('0000:01:00.0'), at('0000:00:1f.0'))).toMatchObject({ problem: 'not-a-port' });
    expect(moveOf(machine, at('0000:ff:00.0'), at('0000:00:02.0'))).toMatchObject({ problem: 'no-such-device' });
    expect(moveOf(machine, at('0000:00:02.0'), at('0000:00:02.1'))).toMatchObject({ problem: 'port-below-card' });
  });
});

describe.skipIf(!captureNames.includes(capture))('the answer of groups', () => {
  const machine = machineOf(captureTree(capture));

  test('the kernel’s groups and numbers, each with why', () => {
    const reply = listGroups(machine, {});
    if (!reply.ok || !machine.groups.known) throw new Error('no groups');
    expect(reply.value.source).toBe('read');
    expect(reply.value.groups.map(({ id, devices }) => ({ id, devices }))).toEqual(
      machine.groups.value.map(({ id, devices }) => ({ id, devices })),
    );
    expect(reply.value.predicted).toBeUndefined();
    for (const { devices, joinedBy } of reply.value.groups) expect(joinedBy.length > 0).toBe(devices.length > 1);
  });

  test('where kernel and prediction differ, both are there', () => {
    if (!machine.groups.known) throw new Error('no groups');
    const [first, second, ...rest] = machine.groups.value;
    if (!first || !second) throw new Error('too few groups');
    const joined = { ...first, devices: [...first.devices, ...second.devices] };
    const reply = listGroups({ ...machine, groups: { ...machine.groups, value: [joined, ...rest] } }, {});
    expect(reply.ok && reply.value.predicted?.map(({ devices }) => devices)).toEqual([first.devices, second.devices]);
  });

  test('a question about another setting is always computed', () => {
    const reply = listGroups(machine, { acs: 'as-is' });
    expect(reply.ok && reply.value.source).toBe('predicted');
    expect(listGroups(machine, { acs: 'none' })).toMatchObject({ ok: false, problem: { code: 'bad-input' } });
  });
});
