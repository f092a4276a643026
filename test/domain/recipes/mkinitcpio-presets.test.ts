import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { remarkWords } from '../../../main/words/recipes.ts';
import { artefactOf, planOf } from './recipe-of.ts';

const remarksWith = (configFiles: Readonly<Record<string, string>>) => {
  const plan = planOf({ distribution: 'arch', initramfs: 'mkinitcpio', configFiles });
  return artefactOf(renderRecipe(plan, ['mkinitcpio']), 'mkinitcpio').remarks;
};
const preset = (text: string) => remarksWith({ '/etc/mkinitcpio.d/linux.preset': text });
const stock = (all: string, fallback: string) =>
  [
    '# mkinitcpio preset file',
    all,
    'ALL_kver="/boot/vmlinuz-linux"',
    "PRESETS=('default' 'fallback')",
    '#default_config="/etc/mkinitcpio.conf"',
    'default_image="/boot/initramfs-linux.img"',
    fallback,
    'fallback_options="-S autodetect"',
    '',
  ].join('\n');
const line = 'ALL_config="/etc/mkinitcpio.conf"';

test('A preset that names a configuration makes mkinitcpio pass over the file: the line is named', () => {
  const said = preset(stock(line, ''));
  expect(said).toEqual([
    { code: 'preset-names-config', values: { lines: 'ALL_config in /etc/mkinitcpio.d/linux.preset' } },
  ]);
  expect(said.map(remarkWords).join()).toContain('Comment out ALL_config in /etc/mkinitcpio.d/linux.preset.');
  expect(preset(stock(`#${line}`, '  fallback_config=/etc/other.conf'))[0]?.values).toEqual({
    lines: 'fallback_config in /etc/mkinitcpio.d/linux.preset',
  });
});

test('Nothing is said where every such line is a comment, empty, or for what is not built', () => {
  expect(preset(stock(`#${line}`, '#fallback_config="/etc/mkinitcpio.conf"'))).toEqual([]);
  expect(preset(stock('ALL_config=""', 'rescue_config="/etc/mkinitcpio.conf"'))).toEqual([]);
});

test('Where no preset is told, what to look for is', () => {
  const said = remarksWith({ '/etc/mkinitcpio.conf': 'MODULES=()\n' });
  expect(said).toEqual([{ code: 'presets-untold', values: {} }]);
  expect(said.map(remarkWords).join()).toContain('/etc/mkinitcpio.d');
});

test('Whatever a preset holds or is called, only names of settings and files get into the remark', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'binary' }), (name, text) => {
      for (const content of [text, `${line}\n${text}`, stock(`${text}${line}`, text)])
        for (const { values } of remarksWith({ [`/etc/mkinitcpio.d/${name}.preset`]: content }))
          expect(values['lines'] ?? '').toMatch(/^(?:\w+_config in \/etc\/mkinitcpio\.d\/[\w.+-]+\.preset(?:, )?)*$/);
    }),
  );
});
