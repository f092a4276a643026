import { describe, expect, test } from 'vitest';
import { known } from '../../../main/machine/fact.ts';
import { machineFromText } from '../../../main/machine/lspci/machine-from-text.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { isSourceProblem } from '../../../main/machine/source-problem.ts';
import { answer } from '../../../main/passthrough/answer.ts';
import { candidates } from '../../../main/passthrough/candidates.ts';
import { comesAlong } from '../../../main/passthrough/comes-along.ts';
import { findings } from '../../../main/passthrough/findings.ts';
import { foretold } from '../../../main/passthrough/foretold.ts';
import { answerWords } from '../../../main/words/findings.ts';
import { captureNames } from '../../hosts/captures.ts';
import { dumps, dumpWithGroups, shippedNames, textSource } from '../../hosts/corpus.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureTree } from '../../hosts/tree.ts';

const withoutGroups = (machine: Machine): Machine => ({ ...machine, groups: known([], 'assumed', 'taken away') });
const company = (machine: Machine) =>
  candidates(machine).map(({ address, alone, comesAlong: along }) => ({ address, alone, along }));

describe.skipIf(dumps.length === 0)(`dumps${dumps.length === 0 ? ' (the corpus is absent)' : ''}`, () => {
  const grouped = dumps.filter(({ groups }) => groups !== null);

  test.for(grouped)('$name: what is foretold comes along once the kernel has made its groups', ({ name }) => {
    const machine = machineFromText(dumpWithGroups(name), shippedNames, textSource('dump.txt'));
    if (isSourceProblem(machine)) throw new Error(machine.detail);
    expect(foretold(machine), 'read groups are never foretold').toBeNull();
    const before = withoutGroups(machine);
    const grouping = foretold(before) === null ? null : 'predicted';
    if (grouping === null) return;
    expect(company(before)).toEqual(company(machine));
    for (const candidate of candidates(before)) expect(candidate.grouping).toBe('predicted');
  });

  test('Most dumps show enough to foretell', () => {
    const told = grouped.filter(({ name }) => {
      const machine = machineFromText(dumpWithGroups(name), shippedNames, textSource('dump.txt'));
      return !isSourceProblem(machine) && foretold(withoutGroups(machine)) !== null;
    });
    expect(told.length).toBeGreaterThan(grouped.length / 2);
  });
});

const absent = captureNames.length === 0;
describe.skipIf(absent)(`captures${absent ? ' (the captures are absent)' : ''}`, () => {
  const off = machineOf(captureTree('vtd-rich-off-k61'));
  const on = machineOf(captureTree('vtd-rich-noir-k61'));

  test('With the kernel’s switch off the company is that of the machine with it on', () => {
    expect(company(off)).toEqual(company(on));
  });

  test('The answer says how many cards could be given, and that it is foretold', () => {
    const said = answerWords(answer(off, findings(off)));
    expect(said.foretold).toBe(true);
    expect(said.text).toMatch(/With it on, .* can be given away\.$/);
    const read = answerWords(answer(on, findings(on)));
    expect(read.foretold).toBe(false);
  });

  test('A plan stands on groups that were read: nothing is drawn in by foretold ones', () => {
    const given = candidates(off).find(({ comesAlong: along }) => along.some(({ reason }) => reason === 'same-group'));
    if (!given) throw new Error('no candidate shares a group');
    expect(comesAlong(off, [given.address]).every(({ reason }) => reason !== 'same-group')).toBe(true);
  });
});
