import { describe, expect, test } from 'vitest';
import { valueOr } from '../../../../main/machine/fact.ts';
import { machineFromText } from '../../../../main/machine/lspci/machine-from-text.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import { corpusFiles, corpusPresent, shippedNames, textSource } from '../../../hosts/corpus.ts';

const device = '((?:[0-9a-f]{4,5}:)?[0-9a-f]{2}:[01][0-9a-f]\\.[0-7])\\b';

/** Devices by group, line by line, in the four forms that people post. */
function naive(text: string): Map<string, number> {
  const found = new Map<string, number>();
  let heading: number | null = null;
  for (const line of text.replaceAll('\r', '').split('\n')) {
    const head = /^[\s>]*IOMMU group (\d+):?\s*$/i.exec(line);
    if (head) heading = Number(head[1]);
    const own =
      new RegExp(`IOMMU group (\\d+):?\\s+${device}`, 'i').exec(line) ??
      new RegExp(`iommu_groups/(\\d+)/devices/${device}`).exec(line);
    const below = heading === null ? null : new RegExp(`^[\\s>]+${device} `).exec(line);
    const [address, group] = own ? [own[2], Number(own[1])] : [below?.[1], heading];
    if (address !== undefined && group !== null) found.set(address.length > 8 ? address : `0000:${address}`, group);
  }
  return found;
}

describe.skipIf(!corpusPresent)('group listings as people post them (corpus absent: skipped)', () => {
  const files = corpusFiles('groups').filter(({ name }) => !name.endsWith('.groups.txt'));

  test.each(files)('$name: all its groups, and no device made of a description', ({ text }) => {
    const machine = machineFromText(text, shippedNames, textSource('listing.txt'));
    if (isSourceProblem(machine)) throw new Error(machine.detail);
    const groups = valueOr(machine.groups, []).flatMap(({ id, devices }) => devices.map((each) => [each, id] as const));
    const truth = naive(text);
    expect(truth.size).toBeGreaterThan(10);
    expect(Object.fromEntries(groups)).toEqual(Object.fromEntries(truth));
    expect(machine.functions).toEqual([]);
  });
});

describe('what stands below a heading', () => {
  test.each([
    ['described without a colon', 'IOMMU Group 3:\n\t00:1f.0 ISA bridge\n\t00:1f.3 Audio device: Intel\n'],
    ['the address alone', 'IOMMU Group 3:\n  00:1f.0\n  0000:00:1f.3\n'],
    ['without indentation', 'IOMMU Group 3:\n00:1f.0 ISA bridge\n00:1f.3 Intel Corporation Device [8086:a2ca]\n'],
    ['bracketed class only', 'IOMMU group 3\n\t00:1f.0 ISA bridge [0601]\n\t00:1f.3 Audio device [0403]\n'],
  ])('%s is a member', (_, text) => {
    const machine = machineFromText(`${text}IOMMU Group 4:\n\t00:02.0 VGA\n`, shippedNames, textSource('listing.txt'));
    if (isSourceProblem(machine)) throw new Error(machine.detail);
    expect(valueOr(machine.groups, []).map(({ id, devices }) => [id, ...devices])).toEqual([
      [3, '0000:00:1f.0', '0000:00:1f.3'],
      [4, '0000:00:02.0'],
    ]);
  });
});

describe('listings as scripts, tools and pages write them', () => {
  const members = [
    [0, '00:00.0', 'Host bridge'],
    [1, '00:01.0', 'PCI bridge'],
    [1, '01:00.0', 'VGA compatible controller'],
    [1, '01:00.1', 'Audio device'],
    [12, '0000:02:00.0', 'Non-Volatile memory controller'],
  ] as const;
  const full = (address: string): string => (address.length > 7 ? address : `0000:${address}`);
  const described = (address: string, what: string): string =>
    `${address} ${what} [0300]: Maker Thing [10de:2684] (rev a1)`;
  const blocks = (
    head: (group: number) => string,
    line: (address: string, what: string, at: number) => string,
  ): string =>
    [0, 1, 12]
      .map((group) =>
        [
          head(group),
          ...members.filter(([of]) => of === group).map(([, address, what], at) => line(address, what, at)),
        ].join('\n'),
      )
      .join('\n');
  const lines = (line: (group: number, address: string, what: string) => string): string =>
    members.map(([group, address, what]) => line(group, address, what)).join('\n');

  test.each([
    [
      'marks of what can be reset',
      blocks(
        (g) => `IOMMU group ${g}`,
        (a, w, at) => `${at % 2 === 1 ? '[RESET]' : ''}\t${described(a, w)}`,
      ),
    ],
    [
      'short marks',
      blocks(
        (g) => `IOMMU Group ${g}:`,
        (a, w, at) => `\t${at % 2 === 1 ? '[R] ' : '    '}${described(a, w)}`,
      ),
    ],
    [
      'USB devices below',
      blocks(
        (g) => `IOMMU Group ${g}:`,
        (a, w) => `\t${described(a, w)}\n\t\tBus 001 Device 001: ID 1d6b:0002 Linux Foundation 2.0 root hub`,
      ),
    ],
    [
      'drivers below',
      blocks(
        (g) => `IOMMU Group ${g}:`,
        (a, w) => `\t${described(a, w)}\n\tSubsystem: Maker [1043:8694]\n\tKernel driver in use: vfio-pci`,
      ),
    ],
    ['a title of equal signs', blocks((g) => `====== IOMMU Group ${g} ======`, described)],
    [
      'a title and bullets',
      blocks(
        (g) => `### IOMMU Group ${g}\n`,
        (a, w) => `- ${described(a, w)}`,
      ),
    ],
    [
      'bold titles and stars',
      blocks(
        (g) => `**IOMMU Group ${g}:**`,
        (a, w) => `* ${described(a, w)}`,
      ),
    ],
    [
      'a tree',
      blocks(
        (g) => `IOMMU Group ${g}`,
        (a, w) => `\u251c\u2500\u2500 ${described(a, w)}`,
      ),
    ],
    [
      'ids first, below one another',
      blocks(
        (g) => `IOMMU group ${g}:`,
        (a, w) => `[8086:1901] ${a} ${w}: Maker Thing (rev a1)`,
      ),
    ],
    [
      'ids first, the first behind its heading',
      blocks(
        (g) => `Group ${g}:`,
        (a, w, at) => `\t[8086:1901] ${at === 1 ? '[R]' : '   '} ${a}  ${w}   Thing`,
      ).replace(/(Group \d+:)\n/g, '$1') +
        '\nUSB:\t\t[1d6b:0002]\t\t Bus 001 Device 001   Linux Foundation 2.0 root hub',
    ],
    ['ls of every folder', blocks((g) => `/sys/kernel/iommu_groups/${g}/devices:`, full)],
    [
      'ls -l of every folder',
      blocks(
        (g) => `\n/sys/kernel/iommu_groups/${g}/devices:\ntotal 0`,
        (a) => `lrwxrwxrwx 1 root root 0 Nov 22 11:18 ${full(a)} -> ../../../../devices/pci0000:00/${full(a)}`,
      ),
    ],
    [
      'links of the devices',
      lines(
        (g, a) =>
          `lrwxrwxrwx 1 root root 0 Nov 22 11:18 /sys/bus/pci/devices/${full(a)}/iommu_group -> ../../../kernel/iommu_groups/${g}`,
      ),
    ],
    ['the group in brackets behind', lines((g, a) => `Bus 1 --> ${full(a)} (IOMMU group ${g})`)],
    [
      'a table of pvesh',
      lines(
        (g, a) =>
          `\u2502 0x060400 \u2502 0x1901 \u2502 ${full(a)} \u2502         ${String(g).padStart(2)} \u2502 0x8086 \u2502`,
      ),
    ],
  ])('%s', (_, text) => {
    const machine = machineFromText(`${text}\n`, shippedNames, textSource('listing.txt'));
    if (isSourceProblem(machine)) throw new Error(machine.detail);
    expect(valueOr(machine.groups, []).map(({ id, devices }) => [id, ...devices])).toEqual([
      [0, '0000:00:00.0'],
      [1, '0000:00:01.0', '0000:01:00.0', '0000:01:00.1'],
      [12, '0000:02:00.0'],
    ]);
    expect(machine.functions).toEqual([]);
  });
});

test('lines of one width in a row are a list, not one line that a terminal broke', () => {
  const devices = Array.from({ length: 40 }, (_, at) => `0000:00:${(at >> 1).toString(16).padStart(2, '0')}.${at & 1}`);
  const told = (line: (address: string, group: number) => string): unknown => {
    const text = devices.map((address, at) => line(address, 10 + (at >> 1))).join('\n');
    const machine = machineFromText(`${text}\n`, shippedNames, textSource('list.txt'));
    return isSourceProblem(machine) ? machine.detail : valueOr(machine.groups, []).flatMap((group) => group.devices);
  };
  expect(told((address, group) => `pci ${address}: Adding to iommu group ${group}`)).toEqual(devices);
  expect(
    told(
      (address, group) =>
        `lrwxrwxrwx 1 root root 0 Nov 22 11:18 /sys/kernel/iommu_groups/${group}/devices/${address} -> x`,
    ),
  ).toEqual(devices);
});
