import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { profiles } from '../../../main/passthrough/plan.ts';
import { recipeTargets, type Recipe } from '../../../main/recipes/artefact.ts';
import { recipeFiles } from '../../../main/recipes/files.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { twinFunctions } from '../../hosts/built-machine.ts';
import { grubSettings, stockGrub as stock } from '../../hosts/grub.ts';
import { devicesOf, strangeToQemu } from '../../hosts/qemu.ts';
import { needTool, run } from '../../hosts/tool.ts';
import { amd, artefactOf, planOf } from './recipe-of.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'slotwise-recipes-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const all = [...recipeTargets];
const arch = {
  distribution: 'arch',
  initramfs: 'mkinitcpio',
  configFiles: { 'etc/default/grub': 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n' },
} as const;
const quoted = `it's "; rm -rf / #<img onerror=alert(1)> $(id) \`id\` \\ --, ]]> %s {}`;
const recipes: [string, Recipe][] = [
  ['Intel', renderRecipe(planOf(), all)],
  ['AMD', renderRecipe(planOf(amd), all)],
  ['twins', renderRecipe(planOf({ functions: twinFunctions() }), all)],
  [
    'options to take out',
    renderRecipe(planOf({ ...amd, commandLine: 'amd_iommu=off amd_iommu=on intremap=off a' }), all),
  ],
  ['another distribution', renderRecipe(planOf({ ...arch, functions: twinFunctions() }), all)],
  ['a hostile name', renderRecipe(planOf({}, ['0000:01:00.0'], quoted.replaceAll('/', '|')), all)],
  ...profiles.map((profile): [string, Recipe] => [
    profile,
    renderRecipe(planOf({}, ['0000:01:00.0', '0000:03:00.0'], 'vm', profile), all),
  ]),
];

const isShell = (file: string, content: string): boolean =>
  content.startsWith('#!/bin/sh') || file.endsWith('.cfg') || file.endsWith('/default/grub');
const shellParts = recipes.flatMap(([name, recipe]) =>
  recipeFiles(recipe)
    .filter(({ file, content }) => !file.startsWith('before/') && isShell(file, content))
    .map(({ file, content }) => ({ title: `${name}: ${file}`, content })),
);

needTool('sh', () => {
  test.each(shellParts)('reads $title', ({ content }) => {
    expect(run('sh', ['-n'], content)).toMatchObject({ status: 0, err: '' });
  });
});

needTool('shellcheck', () => {
  test('finds nothing in any shell part', () => {
    for (const { title, content } of shellParts) {
      expect(`${title}\n${run('shellcheck', ['-s', 'sh', '-'], content).out}`).toBe(`${title}\n`);
    }
  });
});

needTool('virt-xml-validate', () => {
  test.each(recipes)('takes the whole domain of %s', (name, recipe) => {
    const path = put(`${name}.xml`, artefactOf(recipe, 'libvirt').content);
    expect(run('virt-xml-validate', [path, 'domain'])).toMatchObject({ status: 0 });
  });

  test.each(recipes)('takes every single device of %s, put into a domain', (name, recipe) => {
    const [whole, ...singles] = recipe.artefacts.filter(({ target }) => target === 'libvirt');
    const bare = (whole?.content ?? '').replace(/^ {4}<hostdev[^]*<\/hostdev>\n/m, '');
    expect(bare).not.toContain('<hostdev');
    const content = bare.replace('</devices>', `${singles.map((single) => single.content).join('')}</devices>`);
    expect(run('virt-xml-validate', [put(`${name}-singles.xml`, content), 'domain'])).toMatchObject({ status: 0 });
  });
});

needTool('qemu-system-x86_64', () => {
  test('knows every device and property in the arguments', () => {
    const devices = recipes.flatMap(([, recipe]) => devicesOf(artefactOf(recipe, 'qemu').content));
    expect(devices.length).toBeGreaterThan(50);
    for (const device of new Set(devices))
      expect({ device, strange: strangeToQemu(device) }).toEqual({ device, strange: [] });
  });

  test('builds the machine of the script, with stand-ins for the host’s own devices', () => {
    const recipe = recipes.find(([name]) => name === 'a hostile name')?.[1] ?? recipes[0]?.[1];
    if (recipe === undefined) throw new Error('no recipe');
    const bin = put('bin/readlink', '#!/bin/sh\necho ../../bus/pci/drivers/vfio-pci\n');
    const image = put('bin/qemu-img', '#!/bin/sh\ntouch "$4"\n');
    const caught = put('bin/qemu-system-x86_64', '#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; done\n');
    const firmware = put('OVMF_CODE_4M.fd', 'code');
    put('OVMF_VARS_4M.fd', 'vars');
    const script = put('start.sh', artefactOf(recipe, 'qemu').content.replaceAll('/usr/share/OVMF/', `${folder}/`));
    for (const path of [bin, image, caught]) run('chmod', ['755', path]);
    const started = run('sh', ['-c', 'cd "$1" && sh "$2"', 'sh', folder, script], '', {
      PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`,
    });
    expect(started.err).toBe('');
    const words = started.out.trimEnd().split('\n');
    expect(words[words.indexOf('-name') + 1]).toBe(`guest=${quoted.replaceAll('/', '|').replaceAll(',', ',,')}`);
    expect(words).toContain(`if=pflash,format=raw,readonly=on,file=${firmware}`);
    const stand = words.map((word) => word.replace(/^vfio-pci,host=[^,]+/, 'edu').replace('accel=kvm', 'accel=tcg'));
    const drive = stand.findIndex((word) => word.startsWith('if=none'));
    stand[drive] = 'if=none,id=disk0,driver=null-co,size=1M';
    const arguments_ = stand.filter(
      (word, index) =>
        !word.startsWith('if=pflash') && !(word === '-drive' && stand[index + 1]?.startsWith('if=pflash')),
    );
    const vnc = arguments_.indexOf('-vnc');
    arguments_.splice(vnc, 2, '-display', 'none');
    const smaller = arguments_.map((word) => (word === '16G' ? '64M' : word === 'host' ? 'qemu64' : word));
    const built = run('qemu-system-x86_64', [...smaller, '-S', '-monitor', 'stdio'], 'info qtree\nquit\n');
    expect(built.err).toBe('');
    const seats = [...built.out.matchAll(/dev: edu[^]*?addr = (\S+)[^]*?multifunction = (\S+)/g)];
    expect(seats.map(([, seat, several]) => `${seat ?? ''} ${several ?? ''}`).sort()).toEqual([
      '00.0 true',
      '00.1 false',
    ]);
  });
});

describe('the udev rule', () => {
  const { content } = artefactOf(renderRecipe(planOf({ ...arch, functions: twinFunctions() }), all), 'driver-override');
  const kept = content.split('\n').filter((line) => line.startsWith('DEVPATH'));

  test('is made of keys, operators and values between quotes alone', () => {
    expect(kept).toHaveLength(2);
    const key = '[A-Z]+(?:\\{[a-z_]+\\})?(?:==|!=|\\+=|=)"[^"]*"';
    for (const line of content.split('\n').filter((text) => text !== '' && !text.startsWith('#')))
      expect(line).toMatch(new RegExp(`^${key}(?:, ${key})*$`));
  });

  test('loads vfio-pci, then offers the device to it by its name', () => {
    for (const [index, line] of kept.entries()) {
      const runs = [...line.matchAll(/, RUN(\{\w+\})?\+="([^"]*)"/g)].map(([, type, text]) => [type, text]);
      // udev splits a command at spaces, single quotes hold one argument together (udev(7), RUN).
      const words = (runs[1]?.[1] ?? '').match(/'[^']*'|[^ ]+/g)?.map((word) => word.replaceAll("'", '')) ?? [];
      expect(runs).toEqual([
        ['{builtin}', 'kmod load vfio-pci'],
        [undefined, expect.any(String)],
      ]);
      expect(words).toHaveLength(3);
      const name = `0000:0${String(index + 1)}:00.0`;
      const probe = put('drivers_probe', '');
      const script = (words[2] ?? '').replace('$kernel', name).replace('/sys/bus/pci/drivers_probe', `'${probe}'`);
      expect(run(words[0] ?? '', [words[1] ?? '', script])).toMatchObject({ status: 0, out: '', err: '' });
      expect(readFileSync(probe, 'utf8')).toBe(`${name}\n`);
    }
  });
});

needTool('modprobe', () => {
  test('reads the options and the order of loading from modprobe.d', () => {
    const path = put('modprobe.d/slotwise.conf', artefactOf(renderRecipe(planOf(), ['modprobe']), 'modprobe').content);
    const lines = run('modprobe', ['-C', dirname(path), '--showconfig']).out.split('\n');
    expect(lines).toContain('options vfio_pci ids=10de:2684,10de:22ba');
    expect(lines).toContain('softdep nouveau pre: vfio-pci');
  });
});

needTool('grub-mkconfig', () => {
  const settings = (...texts: string[]): string[] =>
    Object.values(grubSettings(join(folder, 'grub'), ...texts)) as string[];
  const dropIn = (...facts: Parameters<typeof planOf>) =>
    artefactOf(renderRecipe(planOf(...facts), ['grub']), 'grub').content;

  test('sources drop-ins on this system as the tests do', () => {
    const text = readFileSync(run('sh', ['-c', 'command -v grub-mkconfig']).out.trim(), 'utf8');
    expect(text).toContain('/default/grub.d/*.cfg');
  });

  test.each([
    ['Intel: the option is added', dropIn(), stock, ['', 'quiet splash intel_iommu=on', 'menu', '5']],
    ['Intel: twice is once', dropIn(), stock + dropIn(), ['', 'quiet splash intel_iommu=on', 'menu', '5']],
    [
      'Intel: it is there already',
      dropIn(),
      'GRUB_CMDLINE_LINUX="intel_iommu=on"\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_TIMEOUT=3\n',
      ['intel_iommu=on', 'quiet', '', '3'],
    ],
    ['Intel: nothing was set', dropIn(), '', ['', 'intel_iommu=on', '', '']],
    ['AMD: the menu is shown and that is all', dropIn(amd), stock, ['', 'quiet splash', 'menu', '5']],
    ['A longer timeout of the person stays', dropIn(amd), 'GRUB_TIMEOUT=30\n', ['', '', '', '30']],
    ['The kernel waits for ever where the person wants it', dropIn(amd), 'GRUB_TIMEOUT=-1\n', ['', '', '', '-1']],
    [
      'What switches the IOMMU off is taken out of both lines, wherever it stands',
      dropIn({ ...amd, groups: 'off', commandLine: 'amd_iommu=off amd_iommu=on iommu=pt' }),
      'GRUB_CMDLINE_LINUX="amd_iommu=off amd_iommu=off x=\'a b\'"\nGRUB_CMDLINE_LINUX_DEFAULT="quiet amd_iommu=on iommu=pt  nomodeset amd_iommu=off"\n',
      ["x='a b'", 'quiet iommu=pt  nomodeset', '', ''],
    ],
  ])('%s', (_title, content, settled, wanted) => {
    expect(settings(settled, content)).toEqual(wanted);
  });

  test('Where there are no drop-ins the whole file is edited, and the edit can be made twice', () => {
    const edit = (text: string) =>
      artefactOf(renderRecipe(planOf({ ...arch, configFiles: { '/etc/default/grub': text } }), ['grub']), 'grub')
        .content;
    expect(settings(edit(stock))).toEqual(['', 'quiet splash intel_iommu=on', 'menu', '5']);
    expect(edit(edit(stock))).toBe(edit(stock));
    expect(edit(stock).startsWith(stock)).toBe(true);
  });
});

needTool('bash', () => {
  const settled = (initramfs: 'mkinitcpio' | 'dracut', before: string, after: string, there: readonly string[]) => {
    const etc = mkdtempSync(join(folder, 'etc-'));
    const facts = { distribution: 'other', initramfs } as const;
    const { content } = artefactOf(renderRecipe(planOf(facts), [initramfs]), initramfs);
    for (const path of there) {
      mkdirSync(dirname(join(etc, path)), { recursive: true });
      writeFileSync(join(etc, path), '');
    }
    const script = `set -eu\n${before}\n${content.replaceAll('/etc/', `${etc}/`)}\n${after}\n`;
    const { status, out, err } = run('bash', ['-s'], script);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    return out.replaceAll(`${etc}/`, '/etc/');
  };
  const kept = ['modprobe.d/slotwise.conf', 'udev/rules.d/10-slotwise.rules'];
  const shown = `printf '<%s>' "\${MODULES[@]}" - "\${FILES[@]}"`;

  test('mkinitcpio: vfio-pci before the person’s own modules, and only files that stand there', () => {
    const arrays = 'MODULES=(amdgpu btrfs)\nFILES=("/etc/a b")';
    expect(settled('mkinitcpio', arrays, shown, kept)).toBe(
      '<vfio_pci><amdgpu><btrfs><-></etc/a b></etc/modprobe.d/slotwise.conf></etc/udev/rules.d/10-slotwise.rules>',
    );
    expect(settled('mkinitcpio', 'MODULES=()\nFILES=()', shown, [])).toBe('<vfio_pci><->');
    // The older way of writing the list.
    expect(settled('mkinitcpio', 'MODULES="amdgpu btrfs"\nFILES=()', shown, [])).toBe('<vfio_pci><amdgpu><btrfs><->');
  });

  test('dracut: vfio-pci before udev, and only files that stand there', () => {
    const lists = 'force_drivers=" a "\ninstall_items=""';
    expect(settled('dracut', lists, 'echo $force_drivers - $install_items', kept.slice(1))).toBe(
      'a vfio_pci - /etc/udev/rules.d/10-slotwise.rules\n',
    );
    expect(settled('dracut', lists, 'echo $force_drivers - $install_items', [])).toBe('a vfio_pci -\n');
  });
});

needTool('mkinitramfs', () => {
  test('has the functions and the order that hook and script count on', () => {
    const share = '/usr/share/initramfs-tools';
    const hook = artefactOf(renderRecipe(planOf(), ['initramfs-tools']), 'initramfs-tools').content;
    const log = join(folder, 'hook.log');
    const functions = put(
      'hook-functions',
      `${readFileSync(`${share}/hook-functions`, 'utf8')}\nforce_load() { echo "$@" >>'${log}'; }\n`,
    );
    expect(run('sh', ['-s', 'prereqs'], hook)).toMatchObject({ status: 0, out: '\n', err: '' });
    const loaded = run('sh', ['-s'], hook.replace(`${share}/hook-functions`, functions));
    expect(loaded).toMatchObject({ status: 0, err: '' });
    expect(readFileSync(log, 'utf8')).toBe('vfio_pci\n');
    expect(readFileSync(`${share}/hook-functions`, 'utf8')).toMatch(/^force_load\(\)/m);
    // mkinitramfs orders the scripts of a folder with tsort, which leaves what waits for nothing in the order of names.
    expect(run('tsort', [], 'udev udev\nslotwise-bind slotwise-bind\nblacklist blacklist\n').out).toBe(
      'blacklist\nslotwise-bind\nudev\n',
    );
  });
});
