import * as v from 'valibot';
import { expect, test } from 'vitest';
import { candidateShape } from '../../../main/passthrough/candidate.ts';
import { candidates } from '../../../main/passthrough/candidates.ts';
import {
  desktopFunctions,
  desktopGroups,
  functionAt,
  group,
  machineWith,
  port,
  twinFunctions,
} from '../../hosts/built-machine.ts';

const addresses = (machine: ReturnType<typeof machineWith>) => candidates(machine).map(({ address }) => address);

test('Cards come first, the one in a slot before the one in the processor, and no part of the board is offered', () => {
  const machine = machineWith({ functions: desktopFunctions(), groups: desktopGroups() });
  expect(addresses(machine)).toEqual([
    '0000:01:00.0',
    '0000:00:02.0',
    '0000:00:14.0',
    '0000:03:00.0',
    '0000:02:00.0',
    '0000:00:1f.3',
  ]);
  for (const candidate of candidates(machine)) expect(v.is(candidateShape, candidate)).toBe(true);
});

test('A card is named by its graphics, in the words of people, and says what comes along', () => {
  const [card] = candidates(machineWith({ functions: twinFunctions(), groups: desktopGroups() }));
  expect(card).toMatchObject({
    kind: 'gpu',
    name: 'GeForce RTX 4090',
    group: 5,
    alone: true,
    driver: 'nouveau',
    comesAlong: [{ address: '0000:01:00.1', name: 'HDMI audio', reason: 'same-slot' }],
  });
});

test('Only graphics are called by what stands in brackets', () => {
  const functions = [
    functionAt('0000:00:17.0', { classCode: 0x010601, name: '200 Series SATA controller [AHCI mode]' }),
  ];
  expect(candidates(machineWith({ functions }))[0]?.name).toBe('200 Series SATA controller [AHCI mode]');
});

test('Without groups nobody knows whether a card is alone', () => {
  const [card] = candidates(machineWith({ functions: desktopFunctions(), groups: 'off' }));
  expect(card).toMatchObject({ group: null, alone: null });
});

test('Two ports of one adapter are one choice, virtual functions one each', () => {
  const physicalFunction = '0000:05:00.0';
  const network = { classCode: 0x020000 };
  const functions = [
    functionAt(physicalFunction, network),
    functionAt('0000:05:00.1', network),
    functionAt('0000:05:10.0', { ...network, physicalFunction }),
    functionAt('0000:05:10.2', { ...network, physicalFunction }),
  ];
  expect(addresses(machineWith({ functions }))).toEqual([physicalFunction, '0000:05:10.0', '0000:05:10.2']);
});

test('The display of a management controller, bridges, IOMMUs and functions of unknown class are not offered', () => {
  const functions = [
    functionAt('0000:0a:00.0', { classCode: 0x030000, ids: [0x1a03, 0x2000] }),
    functionAt('0000:0b:00.0', { classCode: 0x030000, ids: [0x102b, 0x0534] }),
    functionAt('0000:00:00.2', { classCode: 0x080600 }),
    functionAt('0000:0c:00.0'),
    port('0000:00:01.0'),
  ];
  expect(addresses(machineWith({ functions }))).toEqual([]);
});

test('A card that shares its group says with whom', () => {
  const groups = [group(1, '0000:01:00.0', '0000:01:00.1', '0000:03:00.0')];
  const [card] = candidates(machineWith({ functions: desktopFunctions(), groups }));
  expect(card).toMatchObject({ alone: false });
  expect(card?.comesAlong.map(({ address, reason }) => `${address} ${reason}`)).toEqual([
    '0000:01:00.1 same-slot',
    '0000:03:00.0 same-group',
  ]);
});
