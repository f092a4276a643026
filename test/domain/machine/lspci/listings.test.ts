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
