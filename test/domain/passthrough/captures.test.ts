import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../main/machine/machine.ts';
import { answer } from '../../../main/passthrough/answer.ts';
import { comesAlong } from '../../../main/passthrough/comes-along.ts';
import { candidates } from '../../../main/passthrough/candidates.ts';
import { findings } from '../../../main/passthrough/findings.ts';
import { isPlanProblem, makePlan } from '../../../main/passthrough/make-plan.ts';
import type { Planning } from '../../../main/passthrough/plan.ts';
import { findingWords } from '../../../main/words/findings.ts';
import { planText } from '../../../main/words/plan.ts';
import { at } from '../../hosts/built-machine.ts';
import { captureNames } from '../../hosts/captures.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureTree, withFiles, type TestFile } from '../../hosts/tree.ts';

const machine = (name: string, files: Readonly<Record<string, TestFile>> = {}): Machine =>
  machineOf(withFiles(captureTree(name), files));

function planned(of: Machine, give: string, ...lose: string[]): Planning {
  const made = makePlan(of, { give: [at(give)], keep: [], lose, vmName: 'vm', profile: 'gaming' });
  if (isPlanProblem(made)) throw new Error(made.code);
  return made;
}
const open = ({ state, plan }: Planning) => [
  state,
  ...plan.losses
    .filter(({ guard }) => guard !== 'tell')
    .map(({ guard, situation, name }) => `${guard} ${situation} ${name}`),
];
const absent = captureNames.length === 0;

describe.skipIf(absent)(`a captured desktop${absent ? ' (the captures are absent)' : ''}`, () => {
  const desktop = 'vtd-desktop-k61';
  const mounts = '/dev/nvme0n1 / ext4 rw 0 0\n/dev/nvme0n1 /boot ext4 rw 0 0\nproc /proc proc rw 0 0\n';
  const routes =
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n' +
    'eth1\t00000000\t0202000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n';

  test('As captured nothing is known about mounts, routes and boot display, so only the keyboard asks', () => {
    expect(open(planned(machine(desktop), '0000:04:00.0'))).toEqual(['ready']);
    expect(planned(machine(desktop), '0000:04:00.0').plan.unknowns.map(({ code }) => code)).toContain('mounts');
    expect(open(planned(machine(desktop), '0000:03:00.0'))).toEqual(['ready']);
    expect(open(planned(machine(desktop), '0000:00:14.0'))).toEqual(['waits', 'ask last-keyboard 0000:00:14.0']);
  });

  test('A card whose group holds the disk of / is refused, and the words name both', () => {
    const planning = planned(machine(desktop, { 'proc/mounts': mounts }), '0000:01:00.0', 'nvme0n1');
    expect(open(planning)).toEqual(['refused', 'refuse system-disk-in-group nvme0n1']);
    expect(planning.plan.give.map(({ address, reason }) => `${address} ${reason}`)).toEqual([
      '0000:01:00.0 chosen',
      '0000:01:00.1 same-slot',
      '0000:02:00.0 same-group',
    ]);
    expect(planText(planning, null)).toMatch(
      /^ {2}1234:1111 shares group 1 with the disk you boot from: nvme0n1, which holds \/ and \/boot\./m,
    );
    const viable = findings(machine(desktop, { 'proc/mounts': mounts })).filter(({ verdict }) => verdict === 'blocks');
    expect(viable.map((found) => `${found.code} ${found.situation} ${found.subject ?? ''}`)).toEqual([
      'group-viable system-disk group 1',
    ]);
    expect(viable[0] && findingWords(viable[0]).consequence).toMatch(/shares a group with the disk you boot from\.$/);
  });

  test('The port with the default route stops until its name is typed', () => {
    const online = machine(desktop, { 'proc/net/route': routes });
    expect(open(planned(online, '0000:03:00.0'))).toEqual(['waits', 'ask default-route eth1']);
    expect(planned(online, '0000:03:00.0', 'eth0').state).toBe('waits');
    expect(planned(online, '0000:03:00.0', 'eth1').state).toBe('ready');
  });

  test('The boot display stops until its connector is typed', () => {
    const display = 'sys/devices/pci0000:00/0000:00:02.0/boot_vga';
    const booted = machine(desktop, { [display]: '1\n' });
    expect(open(planned(booted, '0000:00:02.0'))).toEqual(['waits', 'ask firmware-display Virtual-1']);
    expect(planned(booted, '0000:00:02.0', 'Virtual-1').state).toBe('ready');
  });

  test.each([
    ['vtd-desktop-intelcpu-k61', 'yes-after after-nesting'],
    ['vtd-rich-off-k61', 'yes-after after-kernel'],
    ['noiommu-rich-k61', 'yes-after after-nesting'],
    ['vtd-rich-noir-k61', 'yes-after after-interrupt-remapping'],
    ['amdvi-rich-off-k61', 'yes-after after-kernel'],
  ])('%s: %s', (name, wanted) => {
    const of = machine(name);
    const { answer: given, situation } = answer(of, findings(of));
    expect(`${given} ${situation}`).toBe(wanted);
  });
});

const whole = captureNames.filter((name) => !/^(acs-override|passthrough|random)/.test(name));
describe.skipIf(absent)('every capture', () => {
  test.each(whole)('%s: what comes along is whole groups without bridges, and every sentence is whole', (name) => {
    const of = machine(name);
    const groups = of.groups.known ? of.groups.value : [];
    for (const { address } of candidates(of)) {
      const crossed = new Set(comesAlong(of, [address]).map((one) => one.address));
      for (const { devices } of groups) {
        const endpoints = devices.filter((device) => {
          const fn = of.functions.find((one) => one.address === device);
          return (
            fn?.classCode.known === true && fn.classCode.value >> 16 !== 0x06 && fn.classCode.value >> 8 !== 0x0806
          );
        });
        const inside = endpoints.filter((device) => crossed.has(device));
        expect([0, endpoints.length]).toContain(inside.length);
      }
      for (const one of crossed) {
        const fn = of.functions.find((other) => other.address === one);
        expect(fn?.header).not.toBe('bridge');
      }
      expect(planText(planned(of, address), null)).not.toMatch(/undefined|NaN|something unknown|\{\w+\}/);
    }
    for (const found of findings(of)) {
      const { consequence, why } = findingWords(found);
      expect(`${consequence} ${why}`).not.toMatch(/undefined|NaN|something unknown|\{\w+\}/);
    }
  });
});
