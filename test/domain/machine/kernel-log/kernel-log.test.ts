import { describe, expect, test } from 'vitest';
import { readDmiLine } from '../../../../main/machine/kernel-log/dmi-line.ts';
import { readKernelLog } from '../../../../main/machine/kernel-log/kernel-log.ts';
import { logLine } from '../../../../main/machine/kernel-log/log-line.ts';
import { corpusFiles, corpusPresent } from '../../../hosts/corpus.ts';

describe('messages', () => {
  const log = readKernelLog([
    'Linux version 6.8.0-51-generic (builder@box) (gcc) #52-Ubuntu SMP',
    'Command line: root=/dev/sda1 ro intel_iommu=on',
    'Kernel command line: root=/dev/sda1 ro intel_iommu=on iommu=pt',
    'efi: EFI v2.7 by American Megatrends',
    'Secure boot disabled',
    'DMI: Supermicro Super Server/X10SRL-F, BIOS 3.4 06/09/2021',
    'DMI: Memory slots populated: 2/4',
    'ACPI: DMAR 0x0000000079896F10 0000BC (v01 SUPERM SMCI--MB 00000001 INTL 20091013)',
    'Memory: 32768000K/33554432K available (20480K kernel code)',
    'DMAR: dmar0: reg_base_addr fbffc000 ver 1:0 cap 8d2078c106f0466 ecap f020de',
    'DMAR-IR: Enabled IRQ remapping in xapic mode',
    'smpboot: CPU0: Intel(R) Xeon(R) CPU E5-2699 v4 @ 2.20GHz (family: 0x6, model: 0x4f, stepping: 0x1)',
    'smp: Brought up 1 node, 44 CPUs',
    'DMAR: Intel(R) Virtualization Technology for Directed I/O',
    'pci 0000:03:00.0: vgaarb: setting as boot VGA device',
    'pci 0000:00:00.0: Adding to iommu group 0',
    'nvme 10000:e1:00.0: Adding to iommu group 7',
    'vfio-pci 0000:00:00.0: Removing from iommu group 0',
    'iommu: Adding device 0000:01:00.0 to group 1',
  ]);

  test('tell the machine', () => {
    expect(log).toMatchObject({
      release: '6.8.0-51-generic',
      commandLine: 'root=/dev/sda1 ro intel_iommu=on iommu=pt',
      dmi: {
        systemVendor: 'Supermicro',
        systemProduct: 'Super Server',
        board: 'X10SRL-F',
        firmwareVersion: '3.4',
        firmwareDate: '06/09/2021',
      },
      cpuModel: 'Intel(R) Xeon(R) CPU E5-2699 v4 @ 2.20GHz',
      threads: 44,
      memoryBytes: 33554432 * 1024,
      efi: true,
      secureBoot: false,
      tables: ['DMAR'],
      units: [
        { name: 'dmar0', registerBase: '0xfbffc000', capability: '0x8d2078c106f0466', extendedCapability: '0xf020de' },
      ],
      dmaRemapping: true,
      interruptRemapping: true,
      bootVga: '0000:03:00.0',
    });
    expect([...log.groups]).toEqual([
      ['10000:e1:00.0', 7],
      ['0000:01:00.0', 1],
    ]);
  });

  test('that are not there tell nothing', () => {
    expect(readKernelLog(['random: crng init done'])).toMatchObject({
      efi: null,
      interruptRemapping: null,
      dmaRemapping: null,
      tables: [],
    });
  });

  test('AMD’s units and remapping', () => {
    expect(
      readKernelLog(['AMD-Vi: Found IOMMU at 0000:00:00.2 cap 0x40', 'AMD-Vi: Interrupt remapping enabled']),
    ).toMatchObject({
      amdUnits: ['0000:00:00.2'],
      interruptRemapping: true,
      dmaRemapping: true,
    });
  });
});

test.each([
  [
    'ASUSTeK COMPUTER INC. TUF Gaming FX505DT_FX505DT/FX505DT, BIOS FX505DT.316 01/28/2021',
    'ASUSTeK COMPUTER INC.',
    'TUF Gaming FX505DT_FX505DT',
    'FX505DT',
  ],
  [
    'Lambda Lambda Vector/Pro WS WRX80E-SAGE SE WIFI, BIOS 1106 02/10/2023',
    'Lambda',
    'Lambda Vector',
    'Pro WS WRX80E-SAGE SE WIFI',
  ],
  [
    'Supermicro X9DRi-LN4+/X9DR3-LN4+/X9DRi-LN4+/X9DR3-LN4+, BIOS 3.4 11/20/2019',
    'Supermicro',
    'X9DRi-LN4+/X9DR3-LN4+',
    'X9DRi-LN4+/X9DR3-LN4+',
  ],
  ['HP /8A31, BIOS F.13 11/30/2023', 'HP', null, '8A31'],
  ['Nobody Knows 5000/B-1, BIOS 1', null, 'Nobody Knows 5000', 'B-1'],
])('%s', (line, systemVendor, systemProduct, board) => {
  expect(readDmiLine(line)).toMatchObject({ systemVendor, systemProduct, board });
});

describe.skipIf(!corpusPresent)('logs of real machines (corpus absent: skipped)', () => {
  const logs = corpusFiles('dmesg').filter(({ name }) => name.endsWith('.log'));

  test.each(logs)('$name: release, firmware and groups as a plain search finds them', ({ text }) => {
    const log = readKernelLog(text.split('\n').map((line) => logLine(line.replace(/^(?:> ?)+/, '')).message));
    const release = /(?:^|\] |kernel: )Linux version (\S+)/m.exec(text.replace(/^(?:> ?)+/gm, ''))?.[1];
    if (release !== undefined) expect(log.release).toBe(release);
    const added = [...text.matchAll(/([0-9a-f]{4,5}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]): Adding to iommu group (\d+)/g)];
    if (!text.includes('Removing from iommu group')) {
      expect(Object.fromEntries(log.groups)).toMatchObject(
        Object.fromEntries(added.map(([, device, group]) => [device, Number(group)])),
      );
    }
    const dmi = /DMI: ([^/\n]*[^/\s])\/([^/\n]+), BIOS/.exec(text);
    if (dmi?.[1]?.includes(' ')) {
      expect(dmi[1].trim()).toBe([log.dmi?.systemVendor, log.dmi?.systemProduct].filter(Boolean).join(' '));
      expect(log.dmi?.board).toBe(dmi[2]?.trim());
    }
    if (/AMD-Vi: Interrupt remapping enabled|Enabled IRQ remapping/.test(text))
      expect(log.interruptRemapping).toBe(true);
  });
});

describe('stamps before a message', () => {
  test.each([
    '[    0.412345] ',
    '[    0.412345][    T1] ',
    '<6>[    0.412345] ',
    'kern  :info  : [    0.412345] ',
    '[Sun Nov 22 11:18:23 2026] ',
    '2026-11-22T11:18:23,123456+01:00 ',
    'Nov 22 11:18:23 pve kernel: ',
    'Mär 22 11:18:23 pve kernel: ',
    'nov. 22 11:18:23 pve kernel: ',
    '11月 22 11:18:23 pve kernel: ',
    'Nov 22 11:18:23 pve kernel: [    0.412345] ',
    '2026-11-22T11:18:23+0100 pve kernel: ',
    '2026-11-22T11:18:23.123456+01:00 pve kernel: [    0.412345] ',
    'Sun 2026-11-22 11:18:23 CET pve kernel: ',
    '1763806703.412345 pve kernel: ',
    '[    0.412345] pve kernel: ',
    '412:[    0.412345] ',
    '/var/log/dmesg:[    0.412345] ',
    'kern.log:Nov 22 11:18:23 pve kernel: [    0.412345] ',
  ])('%s', (stamp) => {
    expect(logLine(`${stamp}DMAR: IOMMU enabled`)).toEqual({ message: 'DMAR: IOMMU enabled', stamped: true });
  });

  test.each([
    '00:00.0 Host bridge: Intel Corporation',
    '\tCapabilities: [40] Express (v2) Root Port (Slot+), MSI 00',
    'Kernel driver in use: vfio-pci',
    '40: 86 80 00 00',
    '[virtual] Memory at f0000000 (64-bit, prefetchable) [size=8M]',
    'IOMMU Group 5:',
    'tainted kernel: 1',
    'pve kernel: DMAR: IOMMU enabled',
  ])('%s has none', (line) => {
    expect(logLine(line)).toEqual({ message: line.trim(), stamped: false });
  });
});
