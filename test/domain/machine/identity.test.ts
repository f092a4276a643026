import { describe, expect, test } from 'vitest';
import { compareIdentities, sameMachine } from '../../../main/machine/identity.ts';
import { captureNames } from '../../hosts/captures.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureTree, withFiles } from '../../hosts/tree.ts';

const board = (product: string) => ({
  'sys/class/dmi/id/board_vendor': 'ASUSTeK COMPUTER INC.\n',
  'sys/class/dmi/id/board_name': `${product}\n`,
});
const identityOfCapture = (name: string, files: Record<string, string> = {}) =>
  machineOf(withFiles(captureTree(name), files)).identity;

describe.skipIf(captureNames.length === 0)('one machine or another', () => {
  test('switching the IOMMU on, and virtual functions, leave a machine itself', () => {
    const before = identityOfCapture('noiommu-rich-k61');
    expect(before.provenance).toBe('assumed');
    for (const name of ['vtd-rich-noir-k61', 'vtd-rich-off-k61', 'vtd-rich-k61', 'amdvi-rich-k61']) {
      const difference = compareIdentities(before, identityOfCapture(name));
      expect([name, difference.added, difference.removed]).toEqual([name, [], []]);
      expect(difference.sameness).toBe('same');
    }
  });

  test('another machine is another one', () => {
    expect(sameMachine(identityOfCapture('vtd-rich-k61'), identityOfCapture('vtd-desktop-k61'))).toBe(false);
  });

  test('the same cards on another board are another machine', () => {
    const one = identityOfCapture('vtd-rich-k61', board('PRIME X570-PRO'));
    const two = identityOfCapture('vtd-rich-k61', board('TUF GAMING B650-PLUS'));
    expect(one.provenance).toBe('measured');
    expect(sameMachine(one, two)).toBe(false);
    expect(sameMachine(one, one)).toBe(true);
  });

  test('a card taken out leaves a machine itself, and says which', () => {
    const before = identityOfCapture('vtd-rich-k61', board('PRIME X570-PRO'));
    const after = { ...before, functions: before.functions.slice(0, -1) };
    expect(compareIdentities(before, after)).toEqual({
      sameness: 'changed',
      added: [],
      removed: before.functions.slice(-1),
    });
  });

  test('filler text of a board maker is no name', () => {
    const { board: told } = machineOf(withFiles(captureTree('vtd-desktop-k61'), board('To be filled by O.E.M.')));
    expect(told.product).toMatchObject({ known: false });
    expect(told.vendor).toMatchObject({ value: 'ASUSTeK COMPUTER INC.' });
  });
});
