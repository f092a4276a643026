import { describe, expect, test } from 'vitest';
import { machineFromText } from '../../../../main/machine/lspci/machine-from-text.ts';
import { readHeader } from '../../../../main/machine/lspci/record-header.ts';
import type { Machine } from '../../../../main/machine/machine.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import { shippedNames, textSource } from '../../../hosts/corpus.ts';

function read(text: string): Machine {
  const machine = machineFromText(text, shippedNames, textSource('paste.txt'));
  if (isSourceProblem(machine)) throw new Error(machine.detail);
  return machine;
}

const only = (text: string) => {
  const [fn] = read(text).functions;
  if (!fn) throw new Error('no function');
  return fn;
};

describe('first lines', () => {
  test.each([
    [
      'VGA compatible controller [0300]: NVIDIA Corporation AD102 [GeForce RTX 4090] [10de:2684] (rev a1) (prog-if 00 [VGA controller])',
      {
        className: 'VGA compatible controller',
        classCode: 0x0300,
        progIf: 0,
        name: 'NVIDIA Corporation AD102 [GeForce RTX 4090]',
        ids: { vendor: 0x10de, device: 0x2684 },
        revision: 0xa1,
      },
    ],
    [
      'Host bridge: Intel Corporation Device 4637 (rev 02)',
      {
        className: 'Host bridge',
        classCode: null,
        progIf: null,
        name: 'Intel Corporation Device 4637',
        ids: null,
        revision: 2,
      },
    ],
    [
      '0600: 8086:461c',
      {
        className: null,
        classCode: 0x0600,
        progIf: null,
        name: null,
        ids: { vendor: 0x8086, device: 0x461c },
        revision: 0,
      },
    ],
    [
      'Class 0600: 8086:2a40 (rev 07)',
      {
        className: null,
        classCode: 0x0600,
        progIf: null,
        name: null,
        ids: { vendor: 0x8086, device: 0x2a40 },
        revision: 7,
      },
    ],
    [
      'Unassigned class [ff00]: Device [1d0f:8061] (prog-if ff)',
      {
        className: 'Unassigned class',
        classCode: 0xff00,
        progIf: 0xff,
        name: null,
        ids: { vendor: 0x1d0f, device: 0x8061 },
        revision: 0,
      },
    ],
  ])('%s', (line, expected) => expect(readHeader(line)).toEqual(expected));
});

describe('ids', () => {
  test('by name they are derived', () => {
    const fn = only(
      '01:00.0 VGA compatible controller: NVIDIA Corporation AD102 [GeForce RTX 4090] (rev a1)\n\tFlags: fast devsel\n',
    );
    expect(fn.ids).toMatchObject({ provenance: 'derived', value: { vendor: 0x10de, device: 0x2684, revision: 0xa1 } });
    expect(fn.classCode).toMatchObject({ provenance: 'derived', value: 0x030000 });
    expect(fn.names).toMatchObject({ vendor: 'NVIDIA Corporation', device: 'AD102 [GeForce RTX 4090]' });
  });

  test('a name of several devices is not guessed at, and says which', () => {
    const fn = only('00:14.0 SMBus: Advanced Micro Devices, Inc. [AMD] FCH SMBus Controller (rev 61)\n');
    expect(fn.ids).toMatchObject({ known: false, needs: 'fuller-source' });
    expect(fn.ids.where).toContain('1022:780b, 1022:790b');
    expect(fn.names).toMatchObject({ vendor: 'Advanced Micro Devices, Inc. [AMD]', device: 'FCH SMBus Controller' });
  });

  test('a card’s vendor by name, its number as printed', () => {
    const fn = only(
      '00:00.0 Host bridge: Intel Corporation Device 4637\n\tSubsystem: ASUSTeK Computer Inc. Device 8694\n\tControl: I/O-\n',
    );
    expect(fn.ids).toMatchObject({
      provenance: 'derived',
      value: { subsystemVendor: 0x1043, subsystemDevice: 0x8694 },
    });
  });

  test('a name with markup stays text', () => {
    const name = 'Evil"; rm -rf / #<img onerror=alert(1)>';
    expect(only(`01:00.0 VGA compatible controller [0300]: ${name} [10de:2684]\n`).names.device).toBe(
      'AD102 [GeForce RTX 4090]',
    );
    expect(only(`01:00.0 VGA compatible controller [0300]: ${name} [fff0:2684]\n`).names.device).toBe(name);
  });
});

describe('what root would add', () => {
  test('access denied: capabilities need root, and nothing is taken for absent', () => {
    const text =
      '01:00.0 VGA compatible controller: NVIDIA Corporation AD102 [GeForce RTX 4090]\n\tFlags: fast devsel\n\tCapabilities: <access denied>\n\tKernel driver in use: nvidia\n';
    const fn = only(text);
    for (const fact of [fn.capabilities, fn.express, fn.acs, fn.msi, fn.sriov])
      expect(fact).toMatchObject({ known: false, needs: 'root' });
    expect(read(text).asRoot).toMatchObject({ known: true, value: false });
    expect(fn.driver).toMatchObject({ known: true, value: 'nvidia' });
  });

  test('a single -v names ACS without its bits: there, and unknown', () => {
    const fn = only('00:1c.0 PCI bridge: X\n\tFlags: fast devsel\n\tCapabilities: [140] Access Control Services\n');
    expect(fn.acs).toMatchObject({ known: false, needs: 'fuller-source' });
    expect(fn.capabilities).toMatchObject({ value: [{ id: 0x0d, extended: true, offset: 0x140 }] });
  });

  test('plain `lspci` tells who is there and no more', () => {
    const fn = only('00:1c.0 PCI bridge: X\n00:1d.0 USB controller: Y\n');
    expect(fn.capabilities).toMatchObject({ known: false, needs: 'fuller-source' });
    expect(fn.bars).toMatchObject({ known: false, needs: 'fuller-source' });
  });
});

describe('several outputs in one text', () => {
  const short = '01:00.0 VGA compatible controller: NVIDIA Corporation Device 2684\n\tKernel driver in use: vfio-pci\n';
  const long =
    '0000:01:00.0 VGA compatible controller [0300]: NVIDIA Corporation AD102 [10de:2684]\n\tControl: I/O+\n\tCapabilities: [60] Power Management version 3\n';

  test.each([`${short}\n${long}`, `${long}\n${short}`])(
    'the fullest record of an address counts, with what only the other tells',
    (text) => {
      const { functions } = read(text);
      expect(functions).toHaveLength(1);
      expect(functions[0]?.capabilities).toMatchObject({ value: [{ id: 1, offset: 0x60 }] });
      expect(functions[0]?.driver).toMatchObject({ value: 'vfio-pci' });
    },
  );

  test('groups of another boot, with other numbers, are not mixed in', () => {
    const log = ['00:00.0', '00:01.0', '01:00.0'].map(
      (device, group) => `pci 0000:${device}: Adding to iommu group ${group}`,
    );
    const listing = 'IOMMU Group 7 01:00.0 VGA: X\nIOMMU Group 0 02:00.0 NVMe: Y';
    expect(read([...log, listing].join('\n')).groups).toMatchObject({
      where: 'kernel log',
      value: [{ devices: ['0000:00:00.0'] }, { devices: ['0000:00:01.0'] }, { devices: ['0000:01:00.0'] }],
    });
  });

  test('a listing that agrees fills in what the log was cut by', () => {
    const text =
      'pci 0000:00:00.0: Adding to iommu group 0\npci 0000:01:00.0: Adding to iommu group 1\nIOMMU Group 1 01:00.1 Audio: X\nIOMMU Group 1 01:00.0 VGA: X\n';
    expect(read(text).groups).toMatchObject({
      value: [{ id: 0 }, { id: 1, devices: ['0000:01:00.0', '0000:01:00.1'] }],
    });
  });
});

test('regions inside the SR-IOV capability are no BARs of the function, and virtual functions know whose they are', () => {
  const text = `0a:00.0 Ethernet controller: Intel Corporation Ethernet Controller X550
	Control: I/O- Mem+
	Region 0: Memory at c4000000 (64-bit, prefetchable) [size=4M]
	Expansion ROM at c4480000 [disabled] [size=512K]
	Capabilities: [160 v1] Single Root I/O Virtualization (SR-IOV)
		IOVCtl:	Enable+ Migration- Interrupt- MSE+ ARIHierarchy-
		Initial VFs: 64, Total VFs: 64, Number of VFs: 2, Function Dependency Link: 00
		VF offset: 384, stride: 2, Device ID: 1565
		Region 0: Memory at 00000000c4600000 (64-bit, non-prefetchable)

0b:10.2 Ethernet controller: Intel Corporation X550 Virtual Function
`;
  const [physical, virtual] = read(text).functions;
  expect(physical?.bars).toMatchObject({
    value: [
      { index: 0, size: '0x400000', prefetchable: true },
      { index: 6, kind: 'rom', size: '0x80000', enabled: false },
    ],
  });
  expect(physical?.sriov).toMatchObject({
    value: { totalVfs: 64, enabledVfs: 2, offset: 384, stride: 2, vfDevice: 0x1565 },
  });
  // 0a:00.0 + 384 + 1 × 2 = 0b:10.2
  expect(virtual?.physicalFunction).toBe('0000:0a:00.0');
});

test('a text without any record says what was expected', () => {
  expect(machineFromText('hello', shippedNames, textSource('a.txt'))).toMatchObject({
    problem: true,
    code: 'source-not-understood',
    where: 'a.txt',
  });
});
