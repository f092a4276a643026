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
