import { describe, expect, test } from 'vitest';
import { sectionsOf } from '../../../../main/machine/lspci/sections.ts';

const record = [
  '00:1f.0 ISA bridge [0601]: Intel Corporation Device [8086:a2c5]',
  '\tFlags: bus master, fast devsel',
  '',
].join('\n');
const listing = (text: string): string[] => sectionsOf(text).listed.map(({ device, group }) => `${group} ${device}`);
const devices = (text: string): string[] => sectionsOf(text).records.map(({ address }) => address);

describe('group listings', () => {
  test('a heading with indented descriptions', () => {
    const text =
      'IOMMU Group 1:\n\t00:01.0 PCI bridge [0604]: X [8086:1901] (rev 07)\n\t01:00.0 VGA: Y [10de:2684]\nIOMMU Group 10:\n\t00:1f.0 ISA bridge: Z\n';
    expect(listing(text)).toEqual(['1 0000:00:01.0', '1 0000:01:00.0', '10 0000:00:1f.0']);
    expect(devices(text)).toEqual([]);
  });

  test('one line a device', () => {
    const text =
      'IOMMU Group 0 00:00.0 Host bridge [0600]: X\nIOMMU group 13 10000:e1:00.0 NVMe [0108]: Y\nIOMMU Group 2: 00:02.0 VGA: Z';
    expect(listing(text)).toEqual(['0 0000:00:00.0', '13 10000:e1:00.0', '2 0000:00:02.0']);
    expect(devices(text)).toEqual([]);
  });

  test('paths of sysfs, as `find` prints them', () => {
    expect(listing('/sys/kernel/iommu_groups/7/devices/0000:00:1c.6\n')).toEqual(['7 0000:00:1c.6']);
  });

  test('wrapped descriptions and lost indentation', () => {
    const text =
      'IOMMU Group 3:\n00:14.0 USB controller [0c03]: Intel Corporation\n200 Series xHCI [8086:a2af]\n00:14.2 Signal: X\n';
    expect(listing(text)).toEqual(['3 0000:00:14.0', '3 0000:00:14.2']);
    expect(devices(text)).toEqual([]);
  });

  test.each([
    ['a blank line', `IOMMU Group 3:\n\t00:14.0 USB: X\n\n${record}`],
    ['nothing', `IOMMU Group 3:\n\t00:14.0 USB: X\n${record}`],
    ['nothing, indentation lost', `IOMMU Group 3:\n00:14.0 USB: X\n${record}`],
    ['a blank line, all in a code block', `IOMMU Group 3:\n\t00:14.0 USB: X\n\n${record}`.replace(/^/gm, '    ')],
  ])('a record behind a listing is a record and no member: %s between', (_, text) => {
    expect(listing(text)).toEqual(['3 0000:00:14.0']);
    expect(devices(text)).toEqual(['0000:00:1f.0']);
  });

  test('`lspci -nnk` under a heading describes; `lspci -v` under a heading is a record of a member', () => {
    const described = 'IOMMU Group 3:\n\t00:14.0 USB: X\n\t\tSubsystem: Y\n\t\tKernel driver in use: xhci_hcd\n';
    expect([listing(described), devices(described)]).toEqual([['3 0000:00:14.0'], []]);
    const verbose = 'IOMMU Group 3:\n\t00:14.0 USB: X\n\t\tFlags: bus master\n';
    expect([listing(verbose), devices(verbose)]).toEqual([['3 0000:00:14.0'], ['0000:00:14.0']]);
  });

  test('the group in wrapped flags is no heading', () => {
    const text =
      '00:1f.0 ISA bridge: X\n\tFlags: bus master, IRQ 5, NUMA node 0,\nIOMMU group 12\n\n00:1f.2 SATA: Y\n\tFlags: fast devsel\n';
    expect(listing(text)).toEqual([]);
    expect(sectionsOf(text).records[0]?.attributes).toContain('NUMA node 0, IOMMU group 12');
  });
});

describe('records', () => {
  test('hex lines become bytes while no byte is missing', () => {
    const lines = [
      '00:1f.0 ISA bridge: X',
      '00: 86 80 c5 a2',
      '04: 07 00',
      '20: ff ff',
      '00: 11 11',
      '',
      '01:00.0 VGA: Y',
      '10: 01',
    ];
    const [first, second] = sectionsOf(lines.join('\n')).records;
    expect([...(first?.bytes ?? [])]).toEqual([0x86, 0x80, 0xc5, 0xa2, 7, 0]);
    expect(second?.bytes).toHaveLength(0);
  });

  test('kernel messages end a record and are kept without stamps, wrapped ones joined', () => {
    const text = [
      record.trimEnd(),
      '[    0.000000] Command line: root=/dev/sda1',
      'intel_iommu=on',
      'Nov 22 10:00:00 box kernel: [    0.1] pci 0000:01:00.0: Adding to iommu group 1',
      '<6>[    0.2][    T1] DMAR: IOMMU enabled',
      '2026-11-22T10:00:00,123456+01:00 box kernel: AMD-Vi: Interrupt remapping enabled',
      'pci 0000:02:00.0: Adding to iommu group 2',
    ].join('\n');
    const { log, records } = sectionsOf(text);
    expect(log).toEqual([
      'Command line: root=/dev/sda1 intel_iommu=on',
      'pci 0000:01:00.0: Adding to iommu group 1',
      'DMAR: IOMMU enabled',
      'AMD-Vi: Interrupt remapping enabled',
      'pci 0000:02:00.0: Adding to iommu group 2',
    ]);
    expect(records).toHaveLength(1);
    expect(records[0]?.attributes).toBe('Flags: bus master, fast devsel');
  });

  test('text around the records does not become part of them', () => {
    const { records } = sectionsOf(`Hello all,\n\nhere it is:\n\n${record}\nThanks, it is: broken\nRegards\n`);
    expect(records.map(({ attributes }) => attributes)).toEqual(['Flags: bus master, fast devsel']);
  });

  test.each([
    ['a tree', ' \\-[0000:00]-+-00.0  Intel Corporation'],
    ['nvidia-smi', '|   0  NVIDIA GeForce RTX 4090        Off | 00000000:01:00.0 Off |'],
    ['a time', '10:22:33.4 something: else'],
    ['machine-readable lspci', '00:00.0 "Host bridge" "Intel: Corporation" "X"'],
    ['a device number past 1fh', '00:20.0 Host bridge: X'],
  ])('%s begins no record', (_, line) => {
    expect(devices(`${line}\n`)).toEqual([]);
  });
});
