import { describe, expect, test } from 'vitest';
import { readAcsChoice, type AcsChoice } from '../../../../main/machine/grouping/acs-settings.ts';
import { measured } from '../../../../main/machine/fact.ts';
import { predictGroups } from '../../../../main/machine/grouping/predict-groups.ts';
import { functionAt, machineWith } from '../../../hosts/built-machine.ts';
import { captureNames } from '../../../hosts/captures.ts';
import { machineOf } from '../../../hosts/machine.ts';
import { among, byNumber, partition } from '../../../hosts/partition.ts';
import { topologies } from '../../../hosts/topology.ts';
import { captureTree, withFiles } from '../../../hosts/tree.ts';

const has = (...names: string[]): boolean => names.every((name) => captureNames.includes(name));
const choice = (text: string): AcsChoice => {
  const read = readAcsChoice(text);
  if (!read) throw new Error(text);
  return read;
};
const predicted = (name: string, acs = 'as-is', commandLine?: string) => {
  const tree = captureTree(name);
  const machine = machineOf(commandLine === undefined ? tree : withFiles(tree, { 'proc/cmdline': commandLine }));
  return predictGroups(machine, { acs: choice(acs), move: null });
};
const kernel = (name: string) => {
  const { groups } = machineOf(captureTree(name));
  return partition(groups.known ? groups.value : []);
};

describe.skipIf(!has('vtd-rich-off-k61', 'vtd-rich-noir-k61'))('with the IOMMU off', () => {
  test('DMAR scope leaves the bypassed buses out', () => {
    const off = predicted('vtd-rich-off-k61');
    expect(partition(off.groups)).toEqual(kernel('vtd-rich-noir-k61'));
    expect(off.groups).toHaveLength(25);
    expect(off.assumed).toEqual([]);
  });

  test('without a table the bypassed buses are taken to be covered, and that is said', () => {
    const { groups, assumed } = predicted('noiommu-rich-k61');
    const on = kernel('vtd-rich-noir-k61');
    expect(among(partition(groups), on)).toEqual(on);
    expect(assumed).toContainEqual({ code: 'no-table', rootBuses: ['0000:80', '0000:c0'] });
  });

  test('AMD: the groups of the same machine with its IOMMU on, less its virtual functions', () => {
    const on = kernel('amdvi-rich-k61').map((devices) => devices.filter((each) => !/^0000:13:00\.[12]$/.test(each)));
    expect(partition(predicted('amdvi-rich-off-k61').groups)).toEqual(on.filter((devices) => devices.length > 0));
  });
});

describe.skipIf(!has('vtd-rich-noir-k61', 'vtd-rich-off-k61', 'vtd-rich-configacs-k612'))('pci=config_acs=', () => {
  const text = '0000000@0000:00:02.0;xx1x0xx@0000:00:0b.0';
  const wanted = kernel('vtd-rich-configacs-k612');

  test('as a question and on the command line alike', () => {
    expect(partition(predicted('vtd-rich-noir-k61', `config:${text}`).groups)).toEqual(wanted);
    expect(partition(predicted('vtd-rich-noir-k61', 'as-is', `quiet pci=config_acs=${text} ro`).groups)).toEqual(
      wanted,
    );
    expect(wanted).toHaveLength(23);
  });

  test('what it leaves as it is, counts as Linux enables it, whatever the control register shows', () => {
    const untouched = 'quiet pci=config_acs=xxxxxxx@0000:00:0b.0';
    expect(partition(predicted('vtd-rich-configacs-k612', 'as-is', untouched).groups)).toEqual(
      partition(predicted('vtd-rich-configacs-k612', 'as-is', 'quiet').groups),
    );
  });

  test('with the IOMMU off a port shows nothing of what comes, and counts with every bit that is left', () => {
    const parameter = 'quiet pci=config_acs=0xxxxxx@0000:00:02.0;0xxxxxx@0000:00:0b.0';
    expect(partition(predicted('vtd-rich-off-k61', 'as-is', parameter).groups)).toEqual(
      partition(predicted('vtd-rich-noir-k61', 'as-is', parameter).groups),
    );
  });

  test('a list ends where the kernel cannot read it', () => {
    const one = predicted('vtd-rich-noir-k61', 'as-is', 'pci=disable_acs_redir=0000:00:02.0');
    const bad = predicted('vtd-rich-noir-k61', 'as-is', 'pci=disable_acs_redir=0000:00:02.0;nonsense;0000:00:0b.0');
    expect(partition(bad.groups)).toEqual(partition(one.groups));
  });

  test('names the bits that are off', () => {
    const joins = predicted('vtd-rich-noir-k61', `config:${text}`).groups.flatMap((group) => group.joins);
    expect(joins).toContainEqual({ rule: 'acs-bits', port: '0000:00:02.0', missing: ['SV', 'RR', 'CR', 'UF'] });
    expect(joins).toContainEqual({ rule: 'acs-bits', port: '0000:00:0b.0', missing: ['RR'] });
  });

  test('a question takes the place of the command line’s own', () => {
    const commandLine = 'pci=config_acs=0000000@pci:0:0';
    const other = predicted('vtd-rich-noir-k61', `config:${text}`, commandLine);
    expect(partition(other.groups)).toEqual(wanted);
  });

  test('ids and paths name ports too', () => {
    const byIds = predicted('vtd-rich-noir-k61', 'config:0000000@pci:1b36:000c').groups.flatMap((group) => group.joins);
    expect(byIds.filter(({ rule }) => rule === 'acs-bits').length).toBeGreaterThan(2);
    const below = predicted('vtd-rich-noir-k61', 'config:0@0000:00:02.0/00.0').groups;
    expect(partition(below)).toEqual(kernel('vtd-rich-noir-k61'));
  });

  test('pci=disable_acs_redir= joins a port and what is below it', () => {
    const { groups } = predicted('vtd-rich-noir-k61', 'as-is', 'pci=nomsi,disable_acs_redir=0000:00:02.0;0000:00:0b.0');
    expect(partition(groups)).toEqual(wanted);
    expect(groups.flatMap((group) => group.joins)).toContainEqual({
      rule: 'acs-bits',
      port: '0000:00:02.0',
      missing: ['RR', 'CR'],
    });
  });
});

describe.skipIf(!has('acs-override-none', 'acs-override-downstream'))('pcie_acs_override=', () => {
  test.each([
    ['override:downstream', 'acs-override-downstream', 41],
    ['override:downstream,multifunction', 'acs-override-downstream', 41],
    ['override:multifunction', 'acs-override-none', 25],
    ['override:id:104c:8233,id:104c:8232', 'acs-override-none', 25],
  ])('%s gives the groups of %s', (acs, name, many) => {
    const [from] = topologies('acs-override-none');
    const [to] = topologies(name);
    if (!from || !to) throw new Error(name);
    const { groups } = predictGroups(machineOf(from.tree), { acs: choice(acs), move: null });
    expect(partition(groups)).toEqual(byNumber(to.groups));
    expect(groups).toHaveLength(many);
  });

  test.each([
    ['several add up', 'pcie_acs_override=downstream quiet pcie_acs_override=multifunction'],
    ['what it does not know is passed over', 'pcie_acs_override=downstream,all,multifunction2'],
    ['a bad id too', 'pcie_acs_override=id:8086,multifunction,downstream'],
  ])('on a command line %s', (_, commandLine) => {
    const [from] = topologies('acs-override-none');
    const [to] = topologies('acs-override-downstream');
    if (!from || !to) throw new Error('acs-override');
    const machine = machineOf(from.tree);
    const { groups } = predictGroups({
      ...machine,
      kernel: { ...machine.kernel, commandLine: measured(commandLine, 'proc/cmdline') },
    });
    expect(partition(groups)).toEqual(byNumber(to.groups));
  });

  test('a kernel that called it unknown made nothing of it', () => {
    const [from] = topologies('acs-override-none');
    if (!from) throw new Error('acs-override-none');
    const parameter = 'pcie_acs_override=downstream,multifunction';
    const tree = withFiles(from.tree, {
      'proc/cmdline': `root=/dev/sda1 ${parameter} quiet`,
      'cmd/dmesg.txt': `[    0.1] Unknown kernel command line parameters "splash ${parameter}", will be passed to user space.\n`,
    });
    expect(partition(predictGroups(machineOf(tree)).groups)).toEqual(byNumber(from.groups));
    const asked = predictGroups(machineOf(tree), { acs: choice('override:downstream'), move: null });
    expect(asked.groups).toHaveLength(41);
  });

  test('by id it isolates those ports only', () => {
    const [from] = topologies('acs-override-none');
    if (!from) throw new Error('acs-override-none');
    expect(
      predictGroups(machineOf(from.tree), { acs: choice('override:id:1b36:000c'), move: null }).groups,
    ).toHaveLength(29);
  });
});

test('what no kernel would understand is refused', () => {
  for (const text of [
    '',
    'on',
    'override:',
    'override:all',
    'config:',
    'config:0000000',
    'config:2@00:01.0',
    'config:0@01',
  ]) {
    expect(readAcsChoice(text)).toBeNull();
  }
});

test.each([
  ['POWER', 0x1014, true],
  ['Ampere', 0x1def, true],
  ['Intel', 0x8086, false],
  ['AMD', 0x1022, false],
])('the root port of a machine with %s tells whether the kernel’s x86 rule is enough', (_, vendor, other) => {
  const root = functionAt('0000:00:00.0', { classCode: 0x060400, header: 'bridge', ids: [vendor, 0x04c1] });
  const { assumed } = predictGroups(machineWith({ functions: [root, functionAt('0000:01:00.0')], groups: 'off' }));
  expect(assumed.some(({ code }) => code === 'other-architecture')).toBe(other);
});
