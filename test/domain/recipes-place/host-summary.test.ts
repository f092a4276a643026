import { expect, test } from 'vitest';
import { known, unknown } from '../../../main/machine/fact.ts';
import { recipesPlaceWords } from '../../../main/words/recipes-place.ts';
import { hostSummary } from '../../../renderer/recipes/host-summary.ts';
import { debian, desktopFunctions, machineWith } from '../../hosts/built-machine.ts';

const machine = machineWith({ functions: desktopFunctions(), ...debian });

test('what was found is named, and what was not is said', () => {
  const bare = { ...machine, initramfs: unknown('fuller-source', '/etc') };
  const { name, note } = hostSummary(bare);
  expect(name).toContain('GRUB');
  expect(name).not.toContain('initramfs');
  expect(note).toContain(recipesPlaceWords.hostFound);
  expect(note).toContain(recipesPlaceWords.parts.initramfs);
});

test('what was made up for a sample is not said to be found', () => {
  const staged = { ...machine, bootLoader: known('grub' as const, 'assumed', 'staged for the sample') };
  expect(hostSummary(staged).note).not.toContain(recipesPlaceWords.hostFound);
});

test('nothing known has a name, too', () => {
  const lost = unknown('fuller-source', '/etc');
  expect(hostSummary({ ...machine, distribution: lost, bootLoader: lost, initramfs: lost }).name).toBe(
    recipesPlaceWords.hostUnknown,
  );
});
