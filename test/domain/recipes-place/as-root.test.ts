import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recipeTargets } from '../../../main/recipes/artefact.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { applyCommand, undoCommand, verifyCommand } from '../../../renderer/recipes/as-root.ts';
import { run as runTool } from '../../hosts/tool.ts';
import { goldenRecipes } from '../recipes/golden-recipes.ts';
import { planOf } from '../recipes/recipe-of.ts';
import { written } from './recipe.ts';

/** Every command of a recipe and `cd` only say what they were given; nothing is there, nothing happens. */
const harmless = [
  'say() { for word in "$@"; do printf "[%s]" "$word"; done; echo; }',
  ...[
    'install',
    'virsh',
    'qm',
    'qemu-img',
    'virt-xml-validate',
    'rm',
    'update-grub',
    'update-initramfs',
    'sh',
    'reboot',
  ].map((name) => `${name}() { say ${name} "$@"; }`),
  'test() { say test "$@"; return 1; }',
  'cd() { say cd "$@"; }',
].join('\n');

const run = (script: string, sudo: string): string =>
  execFileSync('bash', ['-c', `${harmless}\nsudo() { ${sudo}; }\n${script}`], { encoding: 'utf8' });

const hostile = ["it's", 'a || b', 'a && reboot', '$(reboot)', '`reboot`', 'x"; reboot; "', 'two  words', "'||'"];
const folder = "/home/o'neil/my recipes/win11";

test.each(hostile)('with the name %s, each command gets the words that the recipe meant', (name) => {
  for (const artefact of renderRecipe(planOf({}, undefined, name), [...recipeTargets]).artefacts) {
    const meant = run(
      ['cd "$1"', ...artefact.apply].join('\n').replace('"$1"', `'${folder.replace("'", `'\\''`)}'`),
      '"$@"',
    );
    expect(run(applyCommand(artefact, { folder, sudo: true }), '"$@"')).toBe(meant);
    const plain = run(artefact.apply.join('\n'), '"$@"');
    expect(run(applyCommand(artefact, { folder: null, sudo: false }), 'false')).toBe(plain);
  }
});

test('every command of a step has root, or none where the person is root', () => {
  const domain = written(planOf(), 'libvirt');
  const command = applyCommand(domain, { folder: null, sudo: true });
  expect(command).toMatch(/\{ sudo test -e \S+ \|\| sudo qemu-img create .+; \}/);
  expect(applyCommand(domain, { folder: null, sudo: false })).not.toContain('sudo');
});

test('a step that fails ends the chain, and does not run the other half of an or', () => {
  const domain = written(planOf(), 'libvirt');
  const command = applyCommand(domain, { folder: null, sudo: true });
  const failing = `${harmless}\nvirt-xml-validate() { return 1; }\nsudo() { "$@"; }\n${command} || true`;
  expect(execFileSync('bash', ['-c', failing], { encoding: 'utf8' })).toBe('');
});

test('a folder is gone to only by commands that read from it', () => {
  const file = written(planOf(), 'modprobe');
  const where = { folder: '/r', sudo: true } as const;
  expect(applyCommand(file, where)).toMatch(/^cd \/r && sudo install /);
  expect(undoCommand(file, where)).toMatch(/^sudo rm -f /);
  expect(undoCommand(written(planOf(), 'qemu'), where)).toBeNull();
});

test('reading /proc and /sys asks for no root', () => {
  const where = { folder: null, sudo: true } as const;
  expect(verifyCommand(written(planOf(), 'modprobe'), where)).toMatch(/^ls /);
  expect(verifyCommand(written(planOf(), 'libvirt'), where)).toMatch(/^sudo virsh /);
});

test('any text between quotes stays as it is', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 20 }).filter((text) => !/['\0]/.test(text)),
      (text) => {
        const artefact = { ...written(planOf(), 'libvirt'), apply: [`virsh define '${text}'`] };
        expect(applyCommand(artefact, { folder: null, sudo: true })).toBe(`sudo virsh define '${text}'`);
      },
    ),
  );
});

/** Each tool of an initramfs on a host of its own, by ids and by address, beside the recipes that are kept. */
const recipes = [
  ...Object.entries(goldenRecipes),
  ...(['mkinitcpio', 'dracut', 'booster'] as const).flatMap((initramfs) =>
    (['modprobe', 'driver-override'] as const).map(
      (target) =>
        [
          `${initramfs} ${target}`,
          renderRecipe(planOf({ distribution: 'other', initramfs }), [target, 'libvirt', 'proxmox']),
        ] as const,
    ),
  ),
];

test.each(recipes)('the shell reads every command of %s, with root and without', (_name, { artefacts }) => {
  for (const artefact of artefacts)
    for (const sudo of [true, false]) {
      const where = { folder, sudo };
      const commands = [applyCommand(artefact, where), undoCommand(artefact, where), verifyCommand(artefact, where)];
      for (const command of commands.filter((each) => each !== null))
        expect({ command, ...runTool('sh', ['-n'], command) }).toEqual({ command, status: 0, out: '', err: '' });
    }
});

test('root lists every image of mkinitcpio, and verify prints what it expects where one of them holds vfio-pci', () => {
  const file = written(planOf({ distribution: 'arch', initramfs: 'mkinitcpio' }), 'mkinitcpio');
  const command = verifyCommand(file, { folder: null, sudo: true });
  const images = mkdtempSync(join(tmpdir(), 'slotwise-images-'));
  try {
    writeFileSync(join(images, 'initramfs-linux.img'), 'usr/lib/modules/6.12/kernel/fs/btrfs.ko.zst\n');
    writeFileSync(
      join(images, 'initramfs-linux-lts.img'),
      'usr/lib/modules/6.6/kernel/drivers/vfio/pci/vfio-pci.ko.zst\n',
    );
    for (const [name, text] of [
      ['lsinitcpio', 'exec cat "$1"'],
      ['sudo', 'exec "$@"'],
    ] as const)
      writeFileSync(join(images, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const path = { PATH: `${images}:${process.env['PATH'] ?? ''}` };
    const verified = (): string => runTool('sh', [], command.replace('/boot/', `${images}/`), path).out.trim();
    expect(verified()).toBe(file.verify.expect);
    rmSync(join(images, 'initramfs-linux-lts.img'));
    expect(verified()).toBe('');
  } finally {
    rmSync(images, { recursive: true, force: true });
  }
});
