import { expect, test } from 'vitest';
import type { Machine } from '../../../main/machine/machine.ts';
import { isPlanProblem, makePlan } from '../../../main/passthrough/make-plan.ts';
import { guardList } from '../../../renderer/assignment/guard-list.ts';
import { at, desktopFunctions, desktopGroups, disk, machineWith, nic } from '../../hosts/built-machine.ts';

const gpu = '0000:01:00.0';
const nvme = '0000:02:00.0';
const lan = '0000:03:00.0';
const usb = '0000:00:14.0';
const bare = { functions: desktopFunctions(), groups: desktopGroups() };
const told = { ...bare, disks: [], interfaces: [], displays: [], usb: [] };

function marks(machine: Machine, give: string, lose: readonly string[] = []): Record<string, string> {
  const made = makePlan(machine, { give: [at(give)], keep: [], lose: [...lose], vmName: 'vm', profile: 'gaming' });
  if (isPlanProblem(made)) throw new Error(made.code);
  return Object.fromEntries(guardList(made.plan, machine).map(({ code, mark }) => [code, mark]));
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
