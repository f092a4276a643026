import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { remarkWords } from '../../../main/words/recipes.ts';
import { twinFunctions } from '../../hosts/built-machine.ts';
import { artefactOf, planOf } from './recipe-of.ts';

type Tool = 'mkinitcpio' | 'dracut' | 'booster';
const ours = /before-rule|after-initramfs/;
const said = (initramfs: Tool, configFiles: Readonly<Record<string, string>>) => {
  const plan = planOf({ functions: twinFunctions(), distribution: 'other', initramfs, configFiles });
  return artefactOf(renderRecipe(plan, ['driver-override']), 'driver-override').remarks.filter(({ code }) =>
    ours.test(code),
  );
};
const drivers = (initramfs: Tool, path: string, content: string) =>
  said(initramfs, { [path]: content }).map(({ code, values }) => `${code} ${values['driver'] ?? ''}`);

test.each([
  ['mkinitcpio', '/etc/mkinitcpio.conf', 'MODULES=(btrfs nouveau)', ['nouveau']],
  ['mkinitcpio', 'etc/mkinitcpio.conf', 'MODULES="nouveau"', ['nouveau']],
  [
    'mkinitcpio',
    '/etc/mkinitcpio.conf',
    'MODULES=(\n  nvidia # first )\n  nvidia_drm\n  snd-hda-intel?\n)',
    ['nvidia', 'snd_hda_intel'],
  ],
  ['mkinitcpio', '/etc/mkinitcpio.conf', `MODULES=('btrfs' "nouveau")`, ['nouveau']],
  ['mkinitcpio', '/etc/mkinitcpio.conf.d/kms.conf', 'MODULES+=(nouveau)', ['nouveau']],
  [
    'mkinitcpio',
    '/etc/mkinitcpio.conf',
    '#MODULES=(nouveau)\nMODULES=(amdgpu) # nouveau\nHOOKS=(base kms nouveau)',
    [],
  ],
  ['mkinitcpio', '/etc/mkinitcpio.conf', 'MODULES=(\n  # nouveau\n  btrfs\n)', []],
  ['dracut', '/etc/dracut.conf.d/gpu.conf', 'force_drivers+=" nouveau vfio_pci "', ['nouveau']],
  ['dracut', '/etc/dracut.conf', 'force_drivers=nvidia\n', ['nvidia']],
  // Only brought in, and loaded by udev.
  ['dracut', '/etc/dracut.conf', 'add_drivers+=" nouveau "', []],
] as const)('%s, %s: %j', (tool, path, content, wanted) => {
  expect(drivers(tool, path, content)).toEqual(wanted.map((driver) => `driver-before-rule ${driver}`));
});

test('The words name the driver, the list and the file', () => {
  const [remark] = said('mkinitcpio', { 'etc/mkinitcpio.conf': 'MODULES=(nouveau)' });
  expect(remark === undefined ? '' : remarkWords(remark)).toMatch(
    /^nouveau stands in MODULES of \/etc\/mkinitcpio\.conf, is loaded before this rule/,
  );
});

test('Where the settings are not told, that is said; our own file does not tell them', () => {
  const own = { '/etc/dracut.conf.d/slotwise.conf': 'force_drivers+=" nouveau "' };
  expect(said('dracut', own)).toEqual([
    { code: 'drivers-before-rule-untold', values: { list: 'force_drivers', path: '/etc/dracut.conf' } },
  ]);
  expect(said('mkinitcpio', {}).map(remarkWords).join()).toContain(
    'A driver that MODULES names in /etc/mkinitcpio.conf',
  );
});

test('An image that holds no rule has all its drivers before it', () => {
  expect(said('booster', {}).map(({ code }) => code)).toEqual(['after-initramfs']);
});

test('Whatever the settings hold, only drivers of the device are named', () => {
  fc.assert(
    fc.property(fc.constantFrom('mkinitcpio', 'dracut'), fc.string({ unit: 'binary' }), (tool, text) => {
      const list = tool === 'dracut' ? 'force_drivers' : 'MODULES';
      for (const content of [text, `${list}=${text}`, `${list}+=(${text} nouveau`, `${list}="${text}`])
        for (const { code, values } of said(tool, { [`/etc/${tool}.conf`]: content }))
          expect([code, values['driver']]).toEqual([
            'driver-before-rule',
            expect.stringMatching(/^(?:nouveau|nvidia|snd_hda_intel)$/),
          ]);
    }),
  );
});
