import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { valueOr } from '../../../../main/machine/fact.ts';
import { tableFaultCodes } from '../../../../main/machine/firmware-table/shape.ts';
import type { Machine } from '../../../../main/machine/machine.ts';
import { captureNames } from '../../../hosts/captures.ts';
import { corpusFolder, corpusPresent } from '../../../hosts/corpus.ts';
import { joined } from '../../../hosts/firmware-table.ts';
import { machineOf } from '../../../hosts/machine.ts';
import { captureTree, trouble, treeOf, withFiles } from '../../../hosts/tree.ts';

const remapping = (machine: Machine) => {
  const fact = machine.firmware.remapping;
  if (!fact.known || fact.value === null) throw new Error(`no table: ${fact.where}`);
  return fact.value;
};

const withTableAndGroups = captureNames
  .filter((name) => /^(vtd|amdvi)-/.test(name))
  .map((name) => ({ name, machine: machineOf(captureTree(name)) }))
  .filter(({ machine }) => machine.groups.known && machine.groups.value.length > 0);

describe.skipIf(captureNames.length === 0)('captured machines', () => {
  test.each(withTableAndGroups)('$name: who has a unit by the table has a group by the kernel', ({ machine }) => {
    const { units, unowned, faults } = remapping(machine);
    const grouped = valueOr(machine.groups, []).flatMap(({ devices }) => devices);
    expect(units.flatMap(({ owns }) => owns).sort()).toEqual([...grouped].sort());
    // Each of them by one entry, and no other.
    for (const { owns, scopes } of units) {
      expect(scopes.flatMap((scope) => scope.owns).sort()).toEqual([...owns].sort());
    }
    expect(unowned.filter((address) => grouped.includes(address))).toEqual([]);
    expect(faults).toEqual([]);
  });

  test.each(withTableAndGroups)('$name: reserved ranges are the kernel’s reserved_regions', ({ machine }) => {
    const ours = remapping(machine).reserved.flatMap(({ start, end, devices }) =>
      devices.map(({ address, kind }) => `${address} ${BigInt(start)}-${BigInt(end)} ${kind}`),
    );
    const kernel = valueOr(machine.groups, []).flatMap(({ devices, reserved }) =>
      reserved
        // The first 16 MB for the floppy of an ISA bridge are Linux's own (CONFIG_INTEL_IOMMU_FLOPPY_WA).
        .filter(({ kind, end }) => kind.startsWith('direct') && BigInt(end) !== 0xffffffn)
        .flatMap(({ start, end, kind }) =>
          devices.map((address) => `${address} ${BigInt(start)}-${BigInt(end)} ${kind}`),
        ),
    );
    expect(ours.sort()).toEqual(kernel.sort());
  });

  test('the memory map of the log says where the ranges are', () => {
    const machine = machineOf(captureTree('vtd-desktop-rmrr-k61'));
    expect(machine.firmware.memoryMap).toMatchObject({ known: true, where: 'kernel log, BIOS-e820' });
    expect(remapping(machine).reserved.map(({ memory }) => memory)).toEqual(['reserved', 'reserved', 'reserved']);
  });

  test('proc/iomem tells the same where there is no log, and nothing but its need of root to others', () => {
    const tree = captureTree('vtd-desktop-rmrr-k61').remove('cmd/dmesg.txt');
    const machine = machineOf(tree);
    expect(machine.firmware.memoryMap).toMatchObject({ known: true, where: '/proc/iomem' });
    expect(remapping(machine).reserved.map(({ memory }) => memory)).toEqual(['reserved', 'reserved', 'reserved']);
    const hidden = withFiles(tree, { 'proc/iomem': '00000000-00000000 : System RAM\n00000000-00000000 : Reserved\n' });
    expect(machineOf(hidden).firmware.memoryMap).toMatchObject({ known: false, needs: 'root' });
  });

  test('without root the table is there and its bytes are not', () => {
    const tree = withFiles(captureTree('vtd-rich-k61'), { 'sys/firmware/acpi/tables/DMAR': trouble('EACCES') });
    tree.remove('sys/firmware/acpi/tables/DMAR').addTrouble('sys/firmware/acpi/tables/DMAR', 'EACCES');
    expect(machineOf(tree).firmware.remapping).toMatchObject({ known: false, needs: 'root' });
  });

  test('no table at all is known to be none', () => {
    expect(machineOf(captureTree('noiommu-rich-k61')).firmware.remapping).toMatchObject({ known: true, value: null });
    expect(machineOf(treeOf({})).firmware.remapping).toMatchObject({ known: false });
  });

  test('an IOAPIC of the board that the DMAR does not list is found by the MADT', () => {
    const tree = captureTree('vtd-rich-k61');
    const ioApic = [1, 12, 7, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0];
    const madt = Uint8Array.from([...Buffer.from('APIC'), ...new Array<number>(40).fill(0), ...ioApic]);
    tree.addFile('sys/firmware/acpi/tables/APIC', madt);
    expect(remapping(machineOf(tree)).faults).toEqual([{ code: 'ioapic-not-listed', structure: null, subject: '7' }]);
  });
});

const folder = resolve(corpusFolder, 'acpi');
const tables = corpusPresent ? readdirSync(folder).filter((file) => file.endsWith('.bin')) : [];

describe.skipIf(!corpusPresent)('tables of real machines (corpus absent: skipped)', () => {
  test('join to a machine of which nothing is known, each unit with its registers', () => {
    expect(tables.length).toBeGreaterThan(150);
    const seen = new Set<string>();
    for (const name of tables) {
      const { units, faults, reserved } = joined(Uint8Array.from(readFileSync(resolve(folder, name))), []);
      for (const { code } of faults) seen.add(code);
      expect(units.every(({ registerBase, owns }) => registerBase.startsWith('0x') && owns.length === 0)).toBe(true);
      expect(reserved.every(({ devices, memory }) => devices.length === 0 && memory === null)).toBe(true);
    }
    for (const code of seen) expect(tableFaultCodes).toContain(code);
  });
});
