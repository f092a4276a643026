import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../main/machine/machine.ts';
import { answer } from '../../../main/passthrough/answer.ts';
import { findingShape, type FindingCode } from '../../../main/passthrough/finding.ts';
import { candidates } from '../../../main/passthrough/candidates.ts';
import { findings } from '../../../main/passthrough/findings.ts';
import { findingWords } from '../../../main/words/findings.ts';
import { scanText } from '../../../main/words/scan.ts';
import {
  debian,
  desktopFunctions,
  desktopGroups,
  disk,
  functionAt,
  group,
  machineWith,
} from '../../hosts/built-machine.ts';

const functions = desktopFunctions();
const ready = { functions, groups: desktopGroups(), disks: [], ...debian };
const situation = (machine: Machine, code: FindingCode): string => {
  const found = findings(machine).filter((one) => one.code === code);
  for (const one of found) expect(v.is(findingShape, one)).toBe(true);
  return found.map((one) => `${one.situation} ${one.verdict}`)[0] ?? 'none';
};
const answered = (machine: Machine): string => {
  const { answer: given, situation: why } = answer(machine, findings(machine));
  return `${given} ${why}`;
};

test('A machine where all is well says yes', () => {
  const machine = machineWith(ready);
  expect(
    findings(machine)
      .slice(0, 4)
      .map((one) => `${one.code} ${one.verdict}`),
  ).toEqual(['virtualization-extension fine', 'firmware-table fine', 'iommu-on fine', 'interrupt-remapping fine']);
  expect(answered(machine)).toBe('yes ready');
});

describe('virtualization extension', () => {
  const of = (facts: Partial<Parameters<typeof machineWith>[0]>) => machineWith({ ...ready, ...facts });
  test.each([
    ['off blocks', of({ virtualization: null }), 'yes-after after-virtualization'],
    [
      'off-in-firmware blocks',
      of({ log: ['[ 4.1] kvm_intel: VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU 0'] }),
      'yes-after after-virtualization',
    ],
    ['off-in-firmware blocks', of({ log: ['kvm: disabled by bios'] }), 'yes-after after-virtualization'],
    ['off-in-vm blocks', of({ virtualization: null, underHypervisor: true }), 'yes-after after-nesting'],
    ['on-in-vm attention', of({ underHypervisor: true }), 'yes ready'],
    ['other-architecture unknown', machineWith({ functions, cpu: 'other' }), 'unknown other-architecture'],
    ['unknown unknown', machineWith({ functions, groups: desktopGroups() }), 'yes ready-as-told'],
  ])('%s', (wanted, machine, verdict) => {
    expect(situation(machine, 'virtualization-extension')).toBe(wanted);
    expect(answered(machine)).toBe(verdict);
  });
});

describe('firmware table and IOMMU', () => {
  const off = { functions, groups: 'off', cpu: 'intel', virtualization: 'vmx' } as const;
  test.each([
    [
      'missing blocks',
      'waits-for-firmware blocks',
      'yes-after after-firmware',
      machineWith({ ...off, tables: ['FACP'] }),
    ],
    [
      'present fine',
      'switched-off blocks',
      'yes-after after-kernel',
      machineWith({ ...off, tables: ['DMAR'], commandLine: 'quiet intel_iommu=off' }),
    ],
    [
      'present fine',
      'not-switched-on blocks',
      'yes-after after-kernel',
      machineWith({ ...off, tables: ['DMAR'], commandLine: 'quiet' }),
    ],
    [
      'present fine',
      'off-unexplained blocks',
      'yes-after after-kernel',
      machineWith({ ...off, cpu: 'amd', virtualization: 'svm', tables: ['IVRS'], commandLine: 'quiet' }),
    ],
    [
      'present fine',
      'switched-off blocks',
      'yes-after after-kernel',
      machineWith({ ...off, cpu: 'amd', virtualization: 'svm', tables: ['IVRS'], commandLine: 'iommu=off' }),
    ],
    [
      'present fine',
      'not-switched-on blocks',
      'yes-after after-kernel',
      machineWith({ ...off, log: ['ACPI: DMAR 0x00000000 000070'] }),
    ],
    ['implied-untold fine', 'on fine', 'yes ready-as-told', machineWith({ functions, groups: desktopGroups() })],
    ['unknown unknown', 'unknown unknown', 'unknown cannot-know', machineWith({ functions })],
  ])('table %s, IOMMU %s: %s', (table, iommu, verdict, machine) => {
    expect(situation(machine, 'firmware-table')).toBe(table);
    expect(situation(machine, 'iommu-on')).toBe(iommu);
    expect(answered(machine)).toBe(verdict);
  });

  test('An earlier off is undone by a later on, as the kernel reads it', () => {
    const machine = machineWith({ ...off, tables: ['DMAR'], commandLine: 'intel_iommu=off intel_iommu=on' });
    expect(situation(machine, 'iommu-on')).toBe('not-switched-on blocks');
  });
});

describe('interrupt remapping', () => {
  const of = (facts: Partial<Parameters<typeof machineWith>[0]>) => machineWith({ ...ready, ...facts });
  test.each([
    ['off blocks', of({ interruptRemapping: false }), 'yes-after after-interrupt-remapping'],
    ['switched-off blocks', of({ interruptRemapping: false, commandLine: 'intremap=off' }), 'yes-after after-kernel'],
    [
      'waits-for-iommu unknown',
      of({ interruptRemapping: false, groups: 'off', commandLine: '' }),
      'yes-after after-kernel',
    ],
  ])('%s', (wanted, machine, verdict) => {
    expect(situation(machine, 'interrupt-remapping')).toBe(wanted);
    expect(answered(machine)).toBe(verdict);
  });
});

describe('groups and drivers', () => {
  const gpu = '0000:01:00.0';
  const of = (facts: Partial<Parameters<typeof machineWith>[0]>) => machineWith({ ...ready, ...facts });

  test('A card in the group of the system disk blocks and names the disk; the answer is another slot', () => {
    const machine = of({
      functions: functions.filter(({ address }) => address !== '0000:00:02.0'),
      groups: [group(1, gpu, '0000:01:00.1', '0000:02:00.0')],
      disks: [disk('nvme0n1', '0000:02:00.0', '/')],
    });
    const found = findings(machine).find(({ code }) => code === 'group-viable');
    expect(found).toMatchObject({
      verdict: 'blocks',
      situation: 'system-disk',
      subject: 'group 1',
      values: { disk: 'nvme0n1' },
    });
    expect(found && findingWords(found).consequence).toBe(
      'GeForce RTX 4090 shares a group with the disk you boot from.',
    );
    expect(answered(machine)).toBe('no not-this-slot');
  });

  test('The driver of an ISA bridge in the group has to let go; a bound port does not', () => {
    const busy = functions.map((fn) =>
      fn.address === '0000:00:1f.0' ? functionAt('0000:00:1f.0', { classCode: 0x060100, driver: 'lpc_ich' }) : fn,
    );
    const withIsa = of({ functions: busy, groups: [group(1, gpu, '0000:00:1f.0')] });
    expect(situation(withIsa, 'group-viable')).toBe('platform-driver attention');
    const withPort = of({ groups: [group(1, gpu, '0000:01:00.1', '0000:00:01.0')] });
    expect(situation(withPort, 'group-viable')).toBe('alone fine');
  });

  test('Several that share a group are said once; only what sits in a slot can move', () => {
    const inSlots = [
      functionAt('0000:02:00.0', { classCode: 0x0c0330, name: 'One' }),
      functionAt('0000:03:00.0', { classCode: 0x0c0330, name: 'Two' }),
    ];
    const shared = of({ functions: inSlots, groups: [group(4, '0000:02:00.0', '0000:03:00.0')] });
    const [said, ...more] = findings(shared).filter(({ code }) => code === 'group-viable');
    expect(more).toEqual([]);
    expect(said).toMatchObject({ situation: 'together', subject: 'group 4' });
    expect(said && findingWords(said).consequence).toBe(
      'One (0000:02:00.0) and Two (0000:03:00.0) can be given only together.',
    );
    expect(said?.remedies.map(({ code }) => code)).toEqual(['one-into-another-slot']);

    const onBoard = [
      functionAt('0000:00:14.0', { classCode: 0x0c0330 }),
      functionAt('0000:00:14.2', { classCode: 0x050000 }),
    ];
    const chipset = of({ functions: onBoard, groups: [group(7, '0000:00:14.0', '0000:00:14.2')] });
    const alone = findings(chipset).find(({ code }) => code === 'group-viable');
    expect(alone?.remedies.map(({ code }) => code)).toEqual(['give-together']);
  });

  test('A device without a group blocks; without any groups it is not known', () => {
    expect(situation(of({ groups: [group(1, '0000:02:00.0')] }), 'group-viable')).toBe('no-group blocks');
    expect(situation(of({ groups: 'off' }), 'group-viable')).toBe('unknown unknown');
  });

  test.each([
    ['vfio-pci', 'given-away fine'],
    ['mlx5_vfio_pci', 'given-away fine'],
    ['nvgrace_gpu_vfio_pci', 'given-away fine'],
    ['pci-stub', 'given-away fine'],
    [null, 'free fine'],
    ['amdgpu', 'holds-on attention'],
    ['igb', 'handed-over fine'],
  ])('driver %s: %s', (driver, wanted) => {
    const machine = of({ functions: [functionAt(gpu, { classCode: 0x030000, driver })] });
    expect(situation(machine, 'driver-in-use')).toBe(wanted);
  });

  test('Virtual functions that are on keep their physical function from vfio-pci', () => {
    const machine = of({ functions: [functionAt(gpu, { classCode: 0x020000, driver: 'igb', enabledVfs: 2 })] });
    expect(situation(machine, 'driver-in-use')).toBe('virtual-functions attention');
  });
});

describe('no two findings contradict each other about a device', () => {
  const said = (facts: Partial<Parameters<typeof machineWith>[0]>, address: string) => {
    const machine = machineWith({ ...ready, ...facts });
    const judged = {
      ...answer(machine, findings(machine)),
      findings: findings(machine),
      candidates: [...candidates(machine)],
    };
    return {
      fine: judged.findings
        .filter(({ verdict, values }) => verdict === 'fine' && values['address'] === address)
        .map(({ code }) => code),
      lists: scanText(machine, judged).split(/^What (?=you could give|cannot be given)/m),
    };
  };

  test('a device that the kernel or the host keeps is called ready by nothing, and stands in a list of its own', () => {
    const free = said({}, '0000:02:00.0');
    expect(free.fine).toEqual(['group-viable', 'driver-in-use']);
    expect(free.lists).toHaveLength(2);

    const disks = said({ disks: [disk('nvme0n1', '0000:02:00.0', '/')] }, '0000:02:00.0');
    expect(disks.fine).toEqual([]);
    expect(disks.lists[1]).not.toContain('02:00.0');
    expect(disks.lists[2]).toMatch(/^cannot be given:\n {2}02:00\.0 .*\n {11}\S/);

    const groupless = said(
      { groups: desktopGroups().filter(({ devices }) => !devices.some((one) => one === '0000:02:00.0')) },
      '0000:02:00.0',
    );
    expect(groupless.fine).toEqual([]);
    expect(groupless.lists[2]).toContain('the IOMMU does not look after it');
  });

  test('a device whose group a driver of the board holds is not called handed over', () => {
    const functions = [
      functionAt('0000:00:1f.0', { classCode: 0x060100, driver: 'lpc_ich' }),
      functionAt('0000:00:1f.2', { classCode: 0x010601, driver: 'ahci' }),
    ];
    const { fine } = said({ functions, groups: [group(10, '0000:00:1f.0', '0000:00:1f.2')] }, '0000:00:1f.2');
    expect(fine).toEqual([]);
  });
});
