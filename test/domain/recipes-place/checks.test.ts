import { expect, test } from 'vitest';
import { recipesPlaceWords } from '../../../main/words/recipes-place.ts';
import { checksOf } from '../../../renderer/recipes/checks.ts';
import { debian, desktopFunctions, desktopGroups, machineWith } from '../../hosts/built-machine.ts';
import { planOf } from '../recipes/recipe-of.ts';
import { written } from './recipe.ts';

const words = recipesPlaceWords.checks;
const machine = machineWith({ functions: desktopFunctions(), groups: desktopGroups(), ...debian });
const grubFile = { path: '/etc/default/grub', content: 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX=""\n' };
const telling = { ...machine, configFiles: [grubFile] };
const claims = (...args: Parameters<typeof checksOf>): string[] => checksOf(...args).map(({ claim }) => claim);

test('that nothing stands there is measured only where the source tells', () => {
  const file = written(planOf(), 'grub');
  expect(checksOf(file, planOf(), telling)[0]).toMatchObject({ claim: words['nothing-there'], from: 'measured' });
  expect(checksOf(file, planOf(), { ...machine, configFiles: [] })[0]).toMatchObject({
    claim: words['not-told'],
    from: 'assumed',
  });
});

test('a change of a file that stands there is counted, and its undo is a copy', () => {
  const plan = planOf();
  const distribution = { id: 'arch', idLike: [], version: null, name: 'Arch Linux' };
  const host = { ...plan.host, distribution, bootLoader: 'grub' as const, configFiles: [grubFile] };
  const file = written({ ...plan, host }, 'grub');
  expect(file.before).toBe(grubFile.content);
  const said = claims(file, plan, telling);
  const added = file.content.split('\n').length - grubFile.content.split('\n').length;
  expect(said).toContain(words['compared-with-host']);
  expect(said).toContain(words['lines-added'](added, 2));
  expect(said).toContain(words['undo-same-bytes']);
  const again = { ...file, before: file.content };
  expect(claims(again, plan, telling)).not.toContain(words['undo-same-bytes']);
});

test('every function is counted in the guest, and one that is missing is not claimed', () => {
  const plan = planOf();
  const domain = written(plan, 'libvirt');
  expect(claims(domain, plan, telling)).toContain(words['all-functions'](plan.give.length));
  const less = { ...domain, content: domain.content.replace('<hostdev ', '<other ') };
  expect(claims(less, plan, telling)).toEqual([]);
});
