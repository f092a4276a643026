import { describe, expect, test } from 'vitest';
import { folklore } from '../../../main/passthrough/requirements/folklore.ts';
import { corpusFiles, corpusPresent } from '../../hosts/corpus.ts';
import { desktopFunctions, machineWith, twinFunctions } from '../../hosts/built-machine.ts';

const functions = desktopFunctions();
const inLine = (commandLine: string, facts = {}) =>
  folklore(machineWith({ functions, commandLine, ...facts })).map(
    ({ situation, subject }) => `${situation} ${subject ?? ''}`,
  );
const inFile = (path: string, content: string, facts = {}) =>
  folklore(machineWith({ functions, configFiles: { [path]: content }, ...facts })).map(
    ({ situation, subject }) => `${situation} ${subject ?? ''}`,
  );

test('Options of the command line are recognised, each by itself, and others are left alone', () => {
  expect(inLine('quiet amd_iommu=on iommu=pt pcie_acs_override=downstream,multifunction video=efifb:off')).toEqual([
    'amd-iommu-on /proc/cmdline',
    'iommu-pt /proc/cmdline',
    'acs-override /proc/cmdline',
    'framebuffer-off /proc/cmdline',
  ]);
  expect(inLine('intel_iommu=on amd_iommu=off pci=noaer root=UUID=iommu=pt')).toEqual([]);
  expect(inLine('modprobe.blacklist=nouveau,nvidia')).toEqual(['global-blacklist /proc/cmdline']);
});

test('Unsafe interrupts are told apart: needed where remapping is known to be off', () => {
  const option = 'vfio_iommu_type1.allow_unsafe_interrupts=1';
  expect(inLine(option)).toEqual(['unsafe-interrupts /proc/cmdline']);
  expect(inLine(option, { interruptRemapping: false })).toEqual(['unsafe-interrupts-needed /proc/cmdline']);
  expect(inLine('vfio_iommu_type1.allow_unsafe_interrupts=0')).toEqual([]);
});

test('Lines of modprobe.d and module lists are recognised with their line, comments are not', () => {
  const text =
    '# blacklist nvidia\nblacklist nouveau\noptions vfio-iommu-type1 allow_unsafe_interrupts=Y\n\ninstall i915 /usr/bin/false\n';
  expect(inFile('etc/modprobe.d/vfio.conf', text)).toEqual([
    'global-blacklist /etc/modprobe.d/vfio.conf:2',
    'unsafe-interrupts /etc/modprobe.d/vfio.conf:3',
    'global-blacklist /etc/modprobe.d/vfio.conf:5',
  ]);
  expect(inFile('etc/default/grub', 'blacklist nouveau\n')).toEqual([]);
});

test('vfio_virqfd is folklore only since Linux 6.2', () => {
  const modules = 'vfio\nvfio_iommu_type1\nvfio_pci\nvfio_virqfd\n';
  expect(inFile('etc/modules', modules, { kernel: '6.8.12-1-pve' })).toEqual(['virqfd /etc/modules:4']);
  expect(inFile('etc/modules', modules, { kernel: '6.1.0-18-amd64' })).toEqual([]);
  expect(inFile('etc/modules', modules)).toEqual([]);
});

test('ids that take a card which should stay are noticed', () => {
  const path = 'etc/modprobe.d/vfio.conf';
  const line = 'options vfio-pci ids=10de:2684,10de:22ba disable_vga=1\n';
  const [first] = folklore(machineWith({ functions: twinFunctions(), configFiles: { [path]: line } }));
  expect(first).toMatchObject({
    situation: 'ids-take-twins',
    values: { ids: '10de:2684', addresses: ['0000:01:00.0', '0000:04:00.0'] },
  });
  expect(inFile(path, line)).toEqual([]);
});

describe.skipIf(!corpusPresent)(`files of real people${corpusPresent ? '' : ' (the corpus is absent)'}`, () => {
  const files = corpusFiles('configs').filter(({ name }) => /etc-(modprobe-d|modules)/.test(name));
  const pathOf = (name: string) => (name.includes('modprobe-d') ? `etc/modprobe.d/${name}.conf` : 'etc/modules');

  test.each(files)(
    '$name: every line that says blacklist or unsafe is found, and nothing is invented',
    ({ name, text }) => {
      const machine = machineWith({ functions, kernel: '6.8.0', configFiles: { [pathOf(name)]: text } });
      const found = folklore(machine);
      const cards = text
        .split('\n')
        .filter((line) =>
          /^\s*blacklist (nouveau|nvidia|nvidiafb|radeon|amdgpu|snd_hda_intel|xhci_hcd)\s*$/.test(line),
        );
      const unsafe = text.split('\n').filter((line) => /^\s*options.*allow_unsafe_interrupts/.test(line));
      expect(found.filter(({ situation }) => situation === 'unsafe-interrupts')).toHaveLength(unsafe.length);
      expect(found.filter(({ situation }) => situation === 'global-blacklist').length).toBeGreaterThanOrEqual(
        cards.length,
      );
      for (const one of found) expect(text).toContain(String(one.values['text']));
    },
  );
});
