import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { moveOf } from '../../../../main/machine/grouping/movable.ts';
import { asItIs, predictGroups } from '../../../../main/machine/grouping/predict-groups.ts';
import { at } from '../../../hosts/built-machine.ts';
import { readTarball } from '../../../hosts/captures.ts';
import { machineOf } from '../../../hosts/machine.ts';
import { byNumber, partition } from '../../../hosts/partition.ts';
import { topologiesIn } from '../../../hosts/topology.ts';

/**
 * One machine booted twice (QEMU 7.2, Linux 6.1; the topology file is in the archive): a network card of two functions
 * behind a root port without ACS, then behind one with it. Bus numbers change with the move, which `--move` leaves as they are.
 */
const [after, before] = topologiesIn(readTarball(resolve(import.meta.dirname, '../../../hosts/moved-card.tar.gz')));
if (!before || !after) throw new Error('moved-card.tar.gz');
const newAddress: Readonly<Record<string, string>> = { '0000:01:00.0': '0000:03:00.0', '0000:01:00.1': '0000:03:00.1' };

test('both boots are predicted as they are', () => {
  for (const { tree, groups } of [before, after]) {
    expect(partition(predictGroups(machineOf(tree)).groups)).toEqual(byNumber(groups));
  }
});

test('the second boot is predicted from the first', () => {
  const machine = machineOf(before.tree);
  const move = moveOf(machine, at('0000:01:00.0'), at('0000:00:03.0'));
  if ('problem' in move) throw new Error(move.problem);
  const { groups } = predictGroups(machine, { ...asItIs, move });
  const renumbered = groups.map(({ devices }) => ({
    devices: devices.map((device) => at(newAddress[device] ?? device)),
  }));
  expect(partition(renumbered)).toEqual(byNumber(after.groups));
  expect(byNumber(before.groups)).not.toEqual(byNumber(after.groups));
});
