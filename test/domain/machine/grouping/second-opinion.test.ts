import fc from 'fast-check';
import { expect, test } from 'vitest';
import { predictGroups } from '../../../../main/machine/grouping/predict-groups.ts';
import { machineFromText } from '../../../../main/machine/lspci/machine-from-text.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import { BuiltTopology, dumpOfTopology, treeOfTopology } from '../../../hosts/built-topology.ts';
import { kernelGroups } from '../../../hosts/kernel-grouping.ts';
import { machineOf, noNames, testSource } from '../../../hosts/machine.ts';
import { partition } from '../../../hosts/partition.ts';

const tape = fc.array(fc.nat({ max: 5039 }), { minLength: 60, maxLength: 400 });
const kernel = (topology: BuiltTopology) => partition(kernelGroups(topology).map((devices) => ({ devices })));

test('made-up trees of config bytes are grouped as the kernel’s text says', () => {
  fc.assert(
    fc.property(tape, (numbers) => {
      const topology = new BuiltTopology(numbers);
      expect(partition(predictGroups(machineOf(treeOfTopology(topology))).groups)).toEqual(kernel(topology));
    }),
    { numRuns: 300 },
  );
});

test('so are they as a text of bytes, where only bus numbers tell who is below whom', () => {
  fc.assert(
    fc.property(tape, (numbers) => {
      const topology = new BuiltTopology(numbers, 30);
      const machine = machineFromText(dumpOfTopology(topology), noNames, testSource('lspci-text'));
      if (isSourceProblem(machine)) throw new Error(machine.detail);
      expect(partition(predictGroups(machine).groups)).toEqual(kernel(topology));
    }),
    { numRuns: 60 },
  );
});
