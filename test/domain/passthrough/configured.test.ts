import { expect, test } from 'vitest';
import { measured } from '../../../main/machine/fact.ts';
import type { Assignment } from '../../../main/machine/assignments/shape.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { findings } from '../../../main/passthrough/findings.ts';
import { findingWords } from '../../../main/words/findings.ts';
import { at, debian, desktopFunctions, desktopGroups, machineWith } from '../../hosts/built-machine.ts';

const assignment = (facts: Partial<Assignment>): Assignment => ({
  kind: 'libvirt',
  where: '/etc/libvirt/qemu/win10.xml:12',
  devices: [at('0000:01:00.0')],
  ids: [],
  vm: 'win10',
  startsAtBoot: null,
  habits: [],
  ...facts,
});

function about(...assignments: Assignment[]): string[] {
  const machine: Machine = {
    ...machineWith({ ...debian, functions: desktopFunctions(), groups: desktopGroups() }),
    assignments: measured(assignments, '/etc'),
  };
  return findings(machine)
    .filter(({ code }) => code === 'configured' || code === 'folklore')
    .map((found) => `${found.situation} ${found.verdict}: ${findingWords(found).consequence}`);
}

test('a virtual machine that gets a device of this host', () => {
  expect(about(assignment({}))).toEqual(['given fine: win10 gets 0000:01:00.0.']);
});

test('several lines of one virtual machine are one finding', () => {
  const second = assignment({
    where: '/etc/libvirt/qemu/win10.xml:20',
    devices: [at('0000:01:00.1')],
    habits: ['hides-kvm'],
  });
  const other = assignment({ where: '/etc/libvirt/qemu/mac.xml:9', vm: 'mac' });
  expect(about(assignment({ habits: ['hides-kvm'] }), second, other)).toEqual([
    'given fine: win10 gets 0000:01:00.0 and 0000:01:00.1.',
    'kvm-hidden fine: win10 hides KVM from its guest, which is rarely needed any more.',
    'given fine: mac gets 0000:01:00.0.',
  ]);
});

test('one that is to get what is not there any more', () => {
  expect(about(assignment({ devices: [at('0000:0b:00.0')] }))).toEqual([
    'device-gone attention: win10 is to get a device that is not there.',
  ]);
});

test('a binding of an address that is not there', () => {
  expect(about(assignment({ kind: 'driver-override', vm: null, devices: [at('0000:0b:00.0')] }))).toEqual([
    'binds-nothing attention: A line keeps back a device that is not there.',
  ]);
});

test('bindings and mappings that hold give nothing by themselves', () => {
  expect(
    about(assignment({ kind: 'driver-override', vm: null }), assignment({ kind: 'proxmox-mapping', vm: null })),
  ).toEqual([]);
});

test('hiding KVM is told as what it is', () => {
  expect(about(assignment({ habits: ['hides-kvm'] }))).toEqual([
    'given fine: win10 gets 0000:01:00.0.',
    'kvm-hidden fine: win10 hides KVM from its guest, which is rarely needed any more.',
  ]);
});
