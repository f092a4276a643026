import { describe, expect, test } from 'vitest';
import { valueOr } from '../../../../main/machine/fact.ts';
import { predictGroups } from '../../../../main/machine/grouping/predict-groups.ts';
import { machineFromText } from '../../../../main/machine/lspci/machine-from-text.ts';
import type { Machine } from '../../../../main/machine/machine.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import { captureNames } from '../../../hosts/captures.ts';
import { corpusPresent, dumps, dumpWithGroups, shippedNames, textSource } from '../../../hosts/corpus.ts';
import { machineOf } from '../../../hosts/machine.ts';
import { among, byNumber, partition } from '../../../hosts/partition.ts';
import { topologies } from '../../../hosts/topology.ts';
import { captureTree } from '../../../hosts/tree.ts';

function machineOfText(text: string): Machine {
  const machine = machineFromText(text, shippedNames, textSource('dump.txt'));
  if (isSourceProblem(machine)) throw new Error(machine.detail);
  return machine;
}

const withGroups = dumps
  .filter(({ kind }) => kind === 'lspci+groups')
  .map(({ name }) => ({ name, machine: machineOfText(dumpWithGroups(name)) }))
  .filter(({ machine }) => machine.groups.known);

describe.skipIf(!corpusPresent)(
  'predicted groups are the kernel’s own, dumps of real machines (corpus absent: skipped)',
  () => {
    test.each(withGroups)('$name', ({ machine }) => {
      const kernel = partition(valueOr(machine.groups, []));
      expect(among(partition(predictGroups(machine).groups), kernel)).toEqual(kernel);
    });
  },
);

const withSysfs = captureNames
  .map((name) => ({ name, tree: captureTree(name) }))
  .filter(({ tree }) => tree.list('sys/kernel/iommu_groups').length > 0)
  .map(({ name, tree }) => ({ name, machine: machineOf(tree) }));

describe.skipIf(captureNames.length === 0)('predicted groups are the kernel’s own, captured machines', () => {
  test.each(withSysfs)('$name', ({ machine }) => {
    const kernel = partition(valueOr(machine.groups, []));
    expect(partition(predictGroups(machine).groups)).toEqual(kernel);
  });
});

const topologyCaptures = captureNames.filter(
  (name) => name === 'random-topologies' || name.startsWith('acs-override-'),
);

describe.skipIf(captureNames.length === 0)('predicted groups are the kernel’s own, built topologies', () => {
  const random = captureNames.includes('random-topologies') ? topologies('random-topologies') : [];
  test.each(random)('$name', ({ tree, groups }) => {
    expect(partition(predictGroups(machineOf(tree)).groups)).toEqual(byNumber(groups));
  });

  test.each(topologyCaptures.filter((name) => name !== 'random-topologies'))('%s', (name) => {
    const mode = name.slice('acs-override-'.length);
    const acs = mode === 'none' ? ({ kind: 'as-is' } as const) : ({ kind: 'override', text: mode } as const);
    const [topology] = topologies(name);
    if (!topology) throw new Error(name);
    const { groups } = predictGroups(machineOf(topology.tree), { acs, move: null });
    expect(partition(groups)).toEqual(byNumber(topology.groups));
  });
});
