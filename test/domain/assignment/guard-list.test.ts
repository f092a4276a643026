import { expect, test } from 'vitest';
import type { Machine } from '../../../main/machine/machine.ts';
import { isPlanProblem, makePlan } from '../../../main/passthrough/make-plan.ts';
import { guardList, type GuardLine } from '../../../renderer/assignment/guard-list.ts';
import type { UsbDevice } from '../../../main/machine/host-use.ts';
import { assignmentWords } from '../../../main/words/assignment.ts';
import { at, desktopFunctions, desktopGroups, disk, machineWith, nic } from '../../hosts/built-machine.ts';

const gpu = '0000:01:00.0';
const nvme = '0000:02:00.0';
const lan = '0000:03:00.0';
const usb = '0000:00:14.0';
const bare = { functions: desktopFunctions(), groups: desktopGroups() };
const told = { ...bare, disks: [], interfaces: [], displays: [], usb: [] };

function linesOf(machine: Machine, give: string, lose: readonly string[] = []): GuardLine[] {
  const made = makePlan(machine, { give: [at(give)], keep: [], lose: [...lose], vmName: 'vm', profile: 'gaming' });
  if (isPlanProblem(made)) throw new Error(made.code);
  return guardList(made.plan, machine);
}
const marks = (...about: Parameters<typeof linesOf>): Record<string, string> =>
  Object.fromEntries(linesOf(...about).map(({ code, mark }) => [code, mark]));

function guardOf(...about: Parameters<typeof linesOf>): GuardLine {
  const line = linesOf(...about).find(({ code }) => code === 'input');
  if (line === undefined) throw new Error('every plan has the guard of keyboard and mouse');
  return line;
}

test.each([
  [nvme, 'disk'],
  [gpu, 'boot-display'],
  [lan, 'network'],
  [usb, 'input'],
])('Where the source does not tell what %s serves, its %s guard is not ticked', (give, code) => {
  expect(marks(machineWith(bare), give)[code]).toBe('unknown');
});

test('What nothing of crosses is ticked, known or not', () => {
  expect(marks(machineWith(bare), gpu)).toMatchObject({ disk: 'done', network: 'done', input: 'done' });
});

const other = '0000:00:14.1';
const plugged = (kind: UsbDevice['kind'], behind: string): UsbDevice => ({
  name: `${kind} at ${behind}`,
  product: null,
  behind: at(behind),
  kind,
});

test.each<[string, UsbDevice[], string, string]>([
  ['nothing plugged in', [], 'done', 'No keyboard and no mouse crosses over.'],
  [
    'both stay',
    [plugged('keyboard', other), plugged('mouse', other)],
    'done',
    'No keyboard and no mouse crosses over.',
  ],
  ['the only keyboard', [plugged('keyboard', usb)], 'open', ''],
  ['the only keyboard, a mouse stays', [plugged('keyboard', usb), plugged('mouse', other)], 'open', ''],
  [
    'one keyboard of two',
    [plugged('keyboard', usb), plugged('keyboard', other)],
    'told',
    'A keyboard crosses over, another stays with the host.',
  ],
  [
    'one mouse of two',
    [plugged('mouse', usb), plugged('mouse', other)],
    'told',
    'A mouse crosses over, another stays with the host.',
  ],
  [
    'the only mouse',
    [plugged('mouse', usb), plugged('keyboard', other)],
    'told',
    'A mouse crosses over, and no other is known to stay.',
  ],
  [
    'one keyboard of two and the only mouse',
    [plugged('keyboard', usb), plugged('mouse', usb), plugged('keyboard', other)],
    'told',
    'A keyboard crosses over, another stays with the host. A mouse crosses over, and no other is known to stay.',
  ],
])('What the guard of keyboard and mouse says with %s', (_, devices, mark, words) => {
  const machine = machineWith({ ...told, usb: devices });
  const line = guardOf(machine, usb);
  expect(line.mark).toBe(mark);
  const { stays, told: tells } = assignmentWords.guards.input;
  if (line.mark === 'done') expect(stays).toBe(words);
  if (line.mark === 'told') expect(tells(line.moves?.crossing ?? [], line.moves?.staying ?? [])).toBe(words);
});

test('The last keyboard is ticked once its loss is accepted, and not before', () => {
  const machine = machineWith({ ...told, usb: [plugged('keyboard', usb)] });
  expect(guardOf(machine, usb, [usb]).mark).toBe('done');
  expect(guardOf(machine, usb).losses.map(({ situation }) => situation)).toEqual(['last-keyboard']);
});

test('What is told to be unused is ticked', () => {
  expect(marks(machineWith({ ...told, disks: [disk('nvme0n1', nvme)] }), nvme)['disk']).toBe('done');
});

test('A loss that is known is asked and answered, whatever else is not told', () => {
  const some = machineWith({
    ...told,
    interfaces: [nic('eth0', lan, { addresses: ['192.0.2.7'] }), nic('eth1', lan, { addresses: null })],
  });
  expect(marks(some, lan)['network']).toBe('open');
  expect(marks(some, lan, ['eth0', 'eth1'])['network']).toBe('done');
});
