import { describe, expect, test } from 'vitest';
import { listGroups } from '../../../main/assistant/list-groups.ts';
import type { GroupsQuestion } from '../../../main/contract/groups.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { askedOf, questionOf, type AskedParams } from '../../../renderer/groups/asked.ts';
import { changesOf, hypothesis } from '../../../renderer/groups/hypothesis.ts';
import { slotsOf } from '../../../renderer/groups/slots.ts';
import { at } from '../../hosts/built-machine.ts';
import { captureNames } from '../../hosts/captures.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureTree } from '../../hosts/tree.ts';

const capture = 'vtd-rich-noir-k61';
const off = 'vtd-rich-off-k61';

test('The link decides what is asked; nothing is asked before all of it is chosen', () => {
  expect(questionOf(askedOf({}, true))).toBeNull();
  expect(questionOf(askedOf({}, false))).toEqual({ predict: true });
  expect(questionOf(askedOf({ as: 'read' }, false))).toEqual({ predict: true });
  expect(questionOf(askedOf({ as: 'moved', card: '0000:01:00.0' }, true))).toBeNull();
  expect(questionOf(askedOf({ as: 'moved', card: '01:00.0', to: '00:02.0' }, true))).toEqual({
    predict: true,
    move: { card: '0000:01:00.0', port: '0000:00:02.0', swap: true },
  });
  expect(questionOf(askedOf({ as: 'acs', acs: 'config:x@y' }, true))).toEqual({ predict: true, acs: 'config:x@y' });
  expect(askedOf({ as: '<img>' }, true).view).toBe('read');
});

const missing = [capture, off].filter((name) => !captureNames.includes(name));
describe.skipIf(missing.length > 0)(
  `on a captured machine${missing.length > 0 ? ` (absent: ${missing.join()})` : ''}`,
  () => {
    const machine = machineOf(captureTree(capture));
    function shown(of: Machine, params: AskedParams): Machine {
      const asked = askedOf(params, of.groups.known && of.groups.value.length > 0);
      const reply = listGroups(of, questionOf(asked) as GroupsQuestion);
      if (!reply.ok) throw new Error(reply.problem.code);
      return hypothesis(of, asked, reply.value);
    }
    const groupsOf = (of: Machine) => (of.groups.known ? of.groups.value : []);

    test('A prediction that agrees has the kernel’s numbers, and nothing changes', () => {
      const predicted = shown(machine, { as: 'predicted' });
      const plain = (of: Machine) => groupsOf(of).map(({ id, devices }) => ({ id, devices: [...devices].sort() }));
      expect(plain(predicted)).toEqual(plain(machine));
      expect(changesOf([machine, predicted]).size).toBe(0);
      expect(predicted.groups.known && predicted.groups.provenance).toBe('derived');
    });

    test('Where no groups were read the numbers are those of the prediction', () => {
      const before = machineOf(captureTree(off));
      const predicted = shown(before, {});
      expect(groupsOf(predicted).map(({ id }) => id)).toEqual(groupsOf(predicted).map((_, at) => at));
      expect(changesOf([before, predicted]).size).toBe(0);
    });

    test('A card that changes places is drawn below its new port, its partner below the old one, and both are marked', () => {
      const [from, to] = [at('0000:01:00.0'), at('0000:03:00.0')];
      const port = machine.functions.find(({ address }) => address === to)?.parent;
      const home = machine.functions.find(({ address }) => address === from)?.parent;
      if (port == null || home == null) throw new Error('the capture has other cards');
      const moved = shown(machine, { as: 'moved', card: from, to: port });
      const parentOf = (address: string) => moved.functions.find((fn) => fn.address === address)?.parent;
      expect(parentOf(from)).toBe(port);
      expect(parentOf(to)).toBe(home);
      const changes = changesOf([machine, moved]);
      expect(changes.get(from)).toBe('moved');
      expect(changes.get(to)).toBe('moved');
      expect(moved.functions.map(({ address }) => address)).toEqual(machine.functions.map(({ address }) => address));
      const paths = new Map(moved.functions.map((fn) => [fn.address, fn.path]));
      expect(paths.get(from)?.startsWith(`${paths.get(port) ?? ''}/`)).toBe(true);
    });

    test('Slots that a card could go to: not its own, not below itself, empty ones first', () => {
      const card = at('0000:01:00.0');
      const home = machine.functions.find(({ address }) => address === card)?.parent;
      const slots = slotsOf(machine, card);
      expect(slots.length).toBeGreaterThan(0);
      expect(slots.map(({ port }) => port)).not.toContain(home);
      const taken = slots.map(({ holds }) => holds.length > 0);
      expect(taken).toEqual([...taken].sort());
    });
  },
);
