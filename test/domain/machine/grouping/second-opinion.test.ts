import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moveOf } from '../../../../main/machine/grouping/movable.ts';
import { predictGroups } from '../../../../main/machine/grouping/predict-groups.ts';
import { machineFromText } from '../../../../main/machine/lspci/machine-from-text.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import { at } from '../../../hosts/built-machine.ts';
import { BuiltTopology, dumpOfTopology, treeOfTopology, type BuiltFunction } from '../../../hosts/built-topology.ts';
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

test('a card that moves to an empty port is grouped as the kernel would there', () => {
  let moved = 0;
  fc.assert(
    fc.property(tape, fc.nat(), fc.nat(), (numbers, one, other) => {
      const topology = new BuiltTopology(numbers);
      const ports = topology.functions.filter(
        ({ role, type, bus }) => role === 'port' && (type === 4 || type === 6) && bus.domain === 0,
      );
      const from = among(
        ports.filter(({ behind }) => behind !== null && behind.functions.length > 0),
        one,
      );
      const to = among(
        ports.filter((port) => (port.behind?.functions ?? []).length === 0 && !isBelow(port, from)),
        other,
      );
      const card = from?.behind?.functions[0];
      if (!from?.behind || !to || !card) return;
      const machine = machineOf(treeOfTopology(topology));
      const move = moveOf(machine, at(card.address), at(to.address));
      if ('problem' in move) throw new Error(move.problem);
      const { groups } = predictGroups(machine, { acs: { kind: 'as-is' }, move });
      moveBehind(from, to);
      expect(partition(groups)).toEqual(kernel(topology));
      moved++;
    }),
    { numRuns: 200 },
  );
  expect(moved).toBeGreaterThan(20);
});

const among = <T>(all: readonly T[], number: number): T | undefined => all[number % Math.max(all.length, 1)];

function isBelow(port: BuiltFunction, top: BuiltFunction | undefined): boolean {
  for (let above: BuiltFunction | null = port; above; above = above.bus.self) if (above === top) return true;
  return false;
}

/** Everything on a port's link, and below, hangs on the other port's. */
function moveBehind(from: BuiltFunction, to: BuiltFunction): void {
  const { behind } = from;
  if (!behind) return;
  Object.assign(behind, { self: to });
  to.behind = behind;
  from.behind = null;
}
