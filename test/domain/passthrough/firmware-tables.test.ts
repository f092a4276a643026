import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../main/machine/machine.ts';
import { known, unknown } from '../../../main/machine/fact.ts';
import type { PciFunction } from '../../../main/machine/pci-function.ts';
import { answer } from '../../../main/passthrough/answer.ts';
import { findings } from '../../../main/passthrough/findings.ts';
import { findingWords } from '../../../main/words/findings.ts';
import { debian, desktopFunctions, desktopGroups, machineWith, type Told } from '../../hosts/built-machine.ts';
import { captureNames } from '../../hosts/captures.ts';
import { dmar, drhd, entry, ivhd, ivmd, ivrs, joined, rmrr, scope } from '../../hosts/firmware-table.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureTree, withFiles } from '../../hosts/tree.ts';

const functions: PciFunction[] = desktopFunctions();
const ioApic = scope(3, 0xf0, [0x1f, 0], 2);

/** A ready desktop with this table. */
function withTable(table: Uint8Array, told: Partial<Told> = {}): Machine {
  const machine = machineWith({ ...debian, functions, groups: desktopGroups(), ...told });
  return {
    ...machine,
    firmware: {
      ...machine.firmware,
      remapping: known(joined(table, functions), 'derived', '/sys/firmware/acpi/tables'),
    },
  };
}

const of = (machine: Machine, code: string) => findings(machine).filter((found) => found.code === code);

describe('memory that must stay mapped', () => {
  // By bus numbers: in desktopFunctions all cards hang below one port.
  const nic = scope(1, 3, [0, 0]);
  const card = scope(1, 1, [0, 0]);

  const region = (kind: string) => ({ start: '0x0000000000001000', end: '0x0000000000001fff', kind });
  /** the groups as a kernel tells them, with these ranges for one of them */
  const toldOf = (id: number, ...kinds: string[]) =>
    desktopGroups().map((each) => (each.id === id ? { ...each, reserved: kinds.map(region) } : each));

  test('an RMRR over a network adapter foretells what this kernel will say', () => {
    const table = dmar(1, drhd(0x1000, true, ioApic), rmrr(0x1000, 0x1fff, nic));
    const [found, ...others] = of(withTable(table), 'reserved-memory');
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      verdict: 'attention',
      situation: 'foretold',
      subject: '0000:03:00.0',
      values: {
        ranges: ['0x1000-0x1fff'],
        message: 'Device is ineligible for IOMMU domain attach due to platform RMRR requirement',
      },
    });
    const [newer] = of(withTable(table, { kernel: '6.12.1' }), 'reserved-memory');
    expect(newer?.values['message']).toBe('Firmware has requested this device have a 1:1 IOMMU mapping');
  });

  test('what the kernel tells of the group is certain, in what it says and in what it leaves out', () => {
    const table = dmar(1, drhd(0x1000, true, ioApic), rmrr(0x1000, 0x1fff, nic));
    const [direct] = of(withTable(table, { groups: toldOf(7, 'direct', 'msi') }), 'reserved-memory');
    expect(direct).toMatchObject({ verdict: 'blocks', situation: 'must-stay-mapped', subject: '0000:03:00.0' });
    for (const kinds of [['msi'], ['direct-relaxable', 'msi']]) {
      expect(of(withTable(table, { groups: toldOf(7, ...kinds) }), 'reserved-memory')).toEqual([]);
    }
  });

  test('HP’s servers have a way of their own to let a slot go', () => {
    const machine = withTable(dmar(1, drhd(0x1000, true, ioApic), rmrr(0x1000, 0x1fff, nic)));
    const at = (vendor: string) => ({
      ...machine,
      board: { ...machine.board, systemVendor: known(vendor, 'measured', '/sys/class/dmi/id/sys_vendor') },
    });
    const first = (vendor: string) => of(at(vendor), 'reserved-memory')[0]?.remedies[0]?.code;
    expect(first('HPE')).toBe('exclude-slot');
    expect(first('HP')).toBe('exclude-slot');
    expect(first('HPNOTQUITE')).toBe('firmware-reserved-memory');
  });

  test('over a graphics card it is let go, over its sound function it is not', () => {
    expect(of(withTable(dmar(1, drhd(0x1000, true, ioApic), rmrr(0x1000, 0x1fff, card))), 'reserved-memory')).toEqual(
      [],
    );
    const sound = dmar(1, drhd(0x1000, true, ioApic), rmrr(0x1000, 0x1fff, scope(1, 1, [0, 1])));
    expect(of(withTable(sound), 'reserved-memory')).toMatchObject([
      { subject: '0000:01:00.0', values: { holders: ['0000:01:00.1'] } },
    ]);
  });

  test('the kernel’s own word for a group comes first, and the table says whose range it is', () => {
    const sound = dmar(1, drhd(0x1000, true, ioApic), rmrr(0x1000, 0x1fff, scope(1, 1, [0, 1])));
    expect(of(withTable(sound, { groups: toldOf(5, 'direct') }), 'reserved-memory')).toMatchObject([
      {
        subject: '0000:01:00.0',
        values: { holders: ['0000:01:00.1'], ranges: ['0x1000-0x1fff'] },
        evidence: [{ where: '/sys/kernel/iommu_groups/5/reserved_regions' }, { claim: 'kernel-release' }],
      },
    ]);
  });

  test('on AMD it also keeps graphics, and when it keeps all of it the first answer says so', () => {
    const table = ivrs(
      ivhd(0x10, 2, [entry(1, 0), entry(0x48, 0, 32, 0xa0, 0, 1)]),
      ivmd(0x20, 7, 0, 0, 0x1000, 0x1000),
    );
    const amd = { cpu: 'amd', virtualization: 'svm', tables: ['IVRS'] } as const;
    const groups = desktopGroups().map((each) => ({ ...each, reserved: [region('direct')] }));
    const machine = withTable(table, { ...amd, kernel: '6.12.1', groups });
    expect(of(machine, 'reserved-memory').map(({ subject }) => subject)).toContain('0000:01:00.0');
    expect(answer(machine, findings(machine))).toMatchObject({ answer: 'no', situation: 'firmware-holds-memory' });
    expect(of(machine, 'reserved-memory')[0]?.remedies[0]?.code).toBe('firmware-dma-protection');
    // AMD's driver never refused by itself: before 6.6 a guest only does without these addresses.
    const before = withTable(table, { ...amd, kernel: '6.5.0-44-generic', groups });
    expect(of(before, 'reserved-memory')[0]).toMatchObject({ situation: 'kept-from-guest', verdict: 'attention' });
    expect(answer(before, findings(before)).situation).not.toBe('firmware-holds-memory');
    const silent = { ...machine, kernel: { ...machine.kernel, release: unknown('fuller-source', '/proc/version') } };
    expect(of(silent, 'reserved-memory')[0]).toMatchObject({ situation: 'foretold' });
    expect(of(silent, 'reserved-memory')[0]?.evidence.at(-1)?.claim).toBe('not-told');
  });

  test.skipIf(!captureNames.includes('vtd-desktop-rmrr-k61'))('as the kernel of a captured machine says it', () => {
    const machine = machineOf(captureTree('vtd-desktop-rmrr-k61'));
    expect(of(machine, 'reserved-memory')).toMatchObject([
      {
        subject: '0000:00:19.0',
        verdict: 'blocks',
        evidence: [{ where: '/sys/kernel/iommu_groups/4/reserved_regions' }, { claim: 'kernel-release' }],
      },
    ]);
    // With its IOMMU off the table alone foretells the same.
    const off = withFiles(captureTree('vtd-desktop-rmrr-k61'), { 'sys/kernel/iommu_groups': null });
    for (const { address } of machine.functions) off.remove(`sys/devices/pci0000:00/${address}/iommu_group`);
    expect(of(machineOf(off), 'reserved-memory').map(({ subject }) => subject)).toEqual(['0000:00:19.0']);
  });
});

describe('what else the table says', () => {
  test('interrupt remapping that is not offered is a finding of its own', () => {
    const machine = withTable(dmar(0, drhd(0x1000, true)), { interruptRemapping: false });
    expect(of(machine, 'interrupt-remapping')).toMatchObject([{ situation: 'not-offered', verdict: 'blocks' }]);
    expect(answer(machine, findings(machine)).situation).toBe('after-interrupt-remapping');
  });

  test('what works is believed, whatever the flag', () => {
    expect(of(withTable(dmar(0, drhd(0x1000, true))), 'interrupt-remapping')).toMatchObject([{ situation: 'on' }]);
  });

  test('opt-outs and opt-ins are told', () => {
    const machine = withTable(dmar(0b111, drhd(0x1000, true, ioApic)));
    expect(of(machine, 'firmware-wish').map(({ situation }) => situation)).toEqual(['x2apic-opt-out', 'dma-opt-in']);
  });

  test('faults of one kind are one finding, with the kernel’s words', () => {
    const table = dmar(1, drhd(0x1000, true, ioApic), rmrr(0x1000, 0x1800), rmrr(0x5000, 0x4fff));
    const found = of(withTable(table), 'firmware-fault');
    expect(found).toMatchObject([
      { situation: 'bad-range', verdict: 'attention', values: { subjects: ['0x1000-0x1800', '0x5000-0x4fff'] } },
    ]);
    expect(found[0] && findingWords(found[0]).why).toContain('"Your BIOS is broken; bad RMRR"');
  });

  test('a machine without such a table has none of these', () => {
    const machine = machineWith({ ...debian, functions, groups: desktopGroups() });
    for (const code of ['firmware-fault', 'firmware-wish', 'reserved-memory']) expect(of(machine, code)).toEqual([]);
  });
});
