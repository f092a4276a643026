import { describe, expect, test } from 'vitest';
import { explainGroup } from '../../../../main/assistant/explain-group.ts';
import { explanationText } from '../../../../main/words/grouping.ts';
import { captureNames } from '../../../hosts/captures.ts';
import { machineOf } from '../../../hosts/machine.ts';
import { captureTree } from '../../../hosts/tree.ts';

const has = (...names: string[]): boolean => names.every((name) => captureNames.includes(name));
const explained = (name: string, of: string) => {
  const machine = machineOf(captureTree(name));
  const reply = explainGroup(machine, of);
  if (!reply.ok) throw new Error(reply.problem.code);
  return { ...reply.value, text: explanationText(reply.value, machine) };
};

describe.skipIf(!has('vtd-rich-k61', 'vtd-rich-configacs-k612'))('why a group is what it is', () => {
  test('names the port, what it lacks, and what would change it', () => {
    const { group, source, waysOut, text } = explained('vtd-rich-k61', '03:00.0');
    expect(source).toBe('read');
    expect(group).toMatchObject({
      devices: ['0000:00:03.0', '0000:03:00.0'],
      joinedBy: [{ rule: 'no-acs', port: '0000:00:03.0', missing: ['SV', 'RR', 'CR', 'UF'] }],
    });
    expect(waysOut).toContainEqual({ kind: 'slot', text: '0000:00:0d.0', devices: ['0000:03:00.0'] });
    expect(waysOut).toContainEqual({ kind: 'override', text: 'downstream', devices: ['0000:03:00.0'] });
    expect(text).toContain('00:03.0 has no ACS');
  });

  test('bits that are switched off can be switched on', () => {
    const machine = machineOf(captureTree('vtd-rich-configacs-k612'));
    const joined = machine.groups.known
      ? machine.groups.value.find(({ devices }) => devices.length > 1 && devices[0] === '0000:00:0b.0')
      : null;
    const card = joined?.devices[1] ?? '';
    const { group, waysOut, text } = explained('vtd-rich-configacs-k612', card);
    expect(group.joinedBy).toContainEqual({ rule: 'acs-bits', port: '0000:00:0b.0', missing: ['RR'] });
    expect(waysOut).toContainEqual(expect.objectContaining({ kind: 'config', text: 'xx111x1@0000:00:0b.0' }));
    expect(text).toContain('00:0b.0 has ACS with RR switched off');
  });

  test('a group by its number, and one that nothing shares', () => {
    const { group, waysOut, text } = explained('vtd-rich-k61', '0');
    expect(group).toEqual({ id: 0, devices: ['0000:00:00.0'], joinedBy: [] });
    expect(waysOut).toEqual([]);
    expect(text).toContain('It is alone');
  });

  test('what the machine does not have is refused', () => {
    const machine = machineOf(captureTree('vtd-rich-k61'));
    expect(explainGroup(machine, '99:00.0')).toMatchObject({ problem: { code: 'no-such-device' } });
    expect(explainGroup(machine, '9999')).toMatchObject({ problem: { code: 'no-such-group' } });
    expect(explainGroup(machine, 'c1:00.0')).toMatchObject({ problem: { code: 'no-such-group' } });
  });
});
