import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { recipeShape, recipeTargets } from '../../../main/recipes/artefact.ts';
import { recipeFiles } from '../../../main/recipes/files.ts';
import { manifestOf } from '../../../main/recipes/manifest.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { targetsFor } from '../../../main/recipes/targets.ts';
import { leftWords, recipeText } from '../../../main/words/recipes.ts';
import { functionAt, desktopFunctions, twinFunctions } from '../../hosts/built-machine.ts';
import { amd, artefactOf, planOf } from './recipe-of.ts';

const all = [...recipeTargets];
const files = (plan: ReturnType<typeof planOf>, targets = all) =>
  renderRecipe(plan, targets).artefacts.map(({ file }) => file);
const left = (plan: ReturnType<typeof planOf>, targets = all) =>
  renderRecipe(plan, targets).left.map(({ target, code }) => `${target} ${code}`);

test('Files come in the order of work, below their target, at their path on the host', () => {
  const recipe = renderRecipe(planOf(), all);
  expect(v.is(recipeShape, recipe)).toBe(true);
  expect(recipe.artefacts.map(({ file }) => file)).toEqual([
    'modprobe/etc/modprobe.d/slotwise.conf',
    'driver-override/etc/initramfs-tools/scripts/init-top/slotwise-bind',
    'initramfs-tools/etc/initramfs-tools/hooks/slotwise',
    'grub/etc/default/grub.d/50-slotwise.cfg',
    'libvirt/win11.xml',
    'libvirt/win11-hostdev-0.xml',
    'libvirt/win11-hostdev-1.xml',
    'qemu/win11.sh',
    'proxmox/win11.sh',
  ]);
  for (const { file, path, target } of recipe.artefacts) if (path !== null) expect(file).toBe(`${target}${path}`);
});

describe('keeping the devices', () => {
  test('By ids where nothing else has them: the driver waits, nothing is blacklisted', () => {
    const { content } = artefactOf(renderRecipe(planOf(), ['modprobe']), 'modprobe');
    const lines = content.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).toEqual([
      'options vfio-pci ids=10de:2684,10de:22ba',
      'softdep nouveau pre: vfio-pci',
      'softdep nvidia pre: vfio-pci',
      'softdep snd_hda_intel pre: vfio-pci',
    ]);
  });

  test('A driver is named by its module, and one that already is vfio is none', () => {
    const usb = artefactOf(renderRecipe(planOf({}, ['0000:00:14.0']), ['modprobe']), 'modprobe');
    expect(usb.content).toContain('softdep xhci_pci pre: vfio-pci');
    expect(usb.content).not.toContain('xhci_hcd');
    const bound = [functionAt('0000:01:00.0', { classCode: 0x0b4000, driver: 'mlx5_vfio_pci' })];
    const { content } = artefactOf(renderRecipe(planOf({ functions: bound, groups: [] }), ['modprobe']), 'modprobe');
    expect(content).not.toContain('softdep');
  });

  test('By address where a twin stays, with what that needs, and modprobe says why not', () => {
    const plan = planOf({ functions: twinFunctions() });
    expect(files(plan, ['modprobe'])).toEqual([
      'driver-override/etc/initramfs-tools/scripts/init-top/slotwise-bind',
      'initramfs-tools/etc/initramfs-tools/hooks/slotwise',
    ]);
    expect(left(plan, ['modprobe'])).toEqual(['modprobe ids-not-unique']);
    const { content } = artefactOf(renderRecipe(plan, ['modprobe']), 'driver-override');
    expect(content).toContain('keep 0x10de 0x2684 0x1462:0x5104 /sys/devices/pci0000:00/*:01.0/*:00.0\n');
  });

  test('Where another tool builds the initramfs, a udev rule by place and ids', () => {
    const recipe = renderRecipe(planOf({ functions: twinFunctions(), distribution: 'arch', initramfs: 'mkinitcpio' }), [
      'modprobe',
    ]);
    const { file, content } = artefactOf(recipe, 'driver-override');
    expect(file).toBe('driver-override/etc/udev/rules.d/10-slotwise.rules');
    expect(content).toContain(
      'DEVPATH=="*/pci0000:00/0000:??:01.0/0000:??:00.0", ATTR{vendor}=="0x10de", ATTR{device}=="0x2684", ' +
        'ATTR{subsystem_vendor}=="0x1462", ATTR{subsystem_device}=="0x5104", ATTR{driver_override}="vfio-pci"' +
        // Nothing asks for vfio-pci by itself, and one that is loaded already probes nothing by itself: without both
        // the device has no driver at all.
        ', RUN{builtin}+="kmod load vfio-pci", RUN+="/bin/sh -c \'echo $kernel > /sys/bus/pci/drivers_probe\'"\n',
    );
    expect(recipe.artefacts.map(({ file: each }) => each)).toEqual([
      file,
      'mkinitcpio/etc/mkinitcpio.conf.d/slotwise.conf',
    ]);
  });

  test('Without ids nothing is kept; virtual functions are the hypervisor’s', () => {
    const bare = [functionAt('0000:01:00.0', { ids: null, classCode: 0x030000 })];
    expect(left(planOf({ functions: bare, groups: [] }), ['modprobe', 'driver-override'])).toEqual([
      'modprobe ids-unknown',
      'driver-override ids-unknown',
    ]);
    const virtual = [functionAt('0000:01:00.0', { classCode: 0x020000, physicalFunction: '0000:02:00.0' })];
    expect(left(planOf({ functions: virtual, groups: [] }), ['modprobe'])).toEqual(['modprobe nothing-to-bind']);
  });
});

describe('what is never written', () => {
  const plans = [
    planOf(),
    planOf(amd),
    planOf({ functions: twinFunctions() }),
    planOf({ interruptRemapping: false }),
    planOf({ groups: 'off', commandLine: 'quiet intel_iommu=off' }),
    planOf({ ...amd, groups: 'off', commandLine: 'amd_iommu=on iommu=pt' }),
  ];
  test.each(plans)('no folklore, plan $#', (plan) => {
    for (const { content, target } of renderRecipe(plan, all).artefacts) {
      expect(content).not.toMatch(/iommu=pt|allow_unsafe|pcie_acs_override|^blacklist|virqfd|kvm_hidden|<hidden/m);
      if (target !== 'grub') expect(content).not.toContain('amd_iommu');
    }
  });
});

describe('the guest', () => {
  test('Proxmox takes whole slots of cards, single functions of the chipset and of virtual ones', () => {
    const functions = [
      ...desktopFunctions(),
      functionAt('0000:05:10.0', { classCode: 0x020000, physicalFunction: '0000:05:00.0', path: '0000:00/1c.4/10.0' }),
    ];
    const plan = planOf({ functions }, ['0000:01:00.0', '0000:00:14.0', '0000:05:10.0']);
    const { content } = artefactOf(renderRecipe(plan, ['proxmox']), 'proxmox');
    expect(content.split('\n').filter((line) => line.startsWith('qm set'))).toEqual([
      'qm set "$vmid" -hostpci0 0000:00:14.0,pcie=1',
      'qm set "$vmid" -hostpci1 0000:01:00,pcie=1',
      'qm set "$vmid" -hostpci2 0000:05:10.0,pcie=1',
    ]);
  });

  test('Functions of a card share a guest slot, a lone second function becomes the first', () => {
    const card = artefactOf(renderRecipe(planOf(), ['qemu']), 'qemu').content;
    expect(card).toContain('-device vfio-pci,host=0000:01:00.0,bus=card0,addr=00.0,multifunction=on');
    expect(card).toContain('-device vfio-pci,host=0000:01:00.1,bus=card0,addr=00.1 ');
    const lone = [functionAt('0000:05:00.3', { classCode: 0x0c0330 })];
    const plan = planOf({ functions: lone, groups: [] }, ['0000:05:00.3']);
    expect(artefactOf(renderRecipe(plan, ['qemu']), 'qemu').content).toContain(
      'host=0000:05:00.3,bus=card0,addr=00.0 ',
    );
  });

  test('More cards than Proxmox takes are left', () => {
    const many = Array.from({ length: 17 }, (_none, index) =>
      functionAt(`0000:${(index + 1).toString(16).padStart(2, '0')}:00.0`, { classCode: 0x020000 }),
    );
    const plan = planOf(
      { functions: many, groups: [] },
      many.map(({ address }) => address),
    );
    expect(left(plan, ['proxmox'])).toEqual(['proxmox too-many-cards']);
  });
});

describe('which targets fit', () => {
  const found = (plan: ReturnType<typeof planOf>) =>
    targetsFor(plan)
      .filter((fit) => fit.found)
      .map(({ target }) => target);
  const code = (plan: ReturnType<typeof planOf>, target: string) =>
    targetsFor(plan).find((fit) => fit.target === target)?.code;

  test('The host’s own come first; every target is listed once', () => {
    expect(found(planOf())).toEqual(['modprobe', 'initramfs-tools', 'grub', 'libvirt']);
    expect(found(planOf({ functions: twinFunctions() }))).toEqual([
      'driver-override',
      'initramfs-tools',
      'grub',
      'libvirt',
    ]);
    expect(found(planOf({ proxmox: true }))).toEqual(['modprobe', 'initramfs-tools', 'grub', 'proxmox']);
    expect(
      targetsFor(planOf())
        .map(({ target }) => target)
        .sort(),
    ).toEqual([...recipeTargets].sort());
  });

  test.each([
    ['grub', 'boot-entries', { distribution: 'fedora', bootLoader: 'grub-bls' }],
    ['grub', 'systemd-boot', { bootLoader: 'systemd-boot' }],
    ['grub', 'proxmox-boot-tool', { bootLoader: 'proxmox-boot-tool' }],
    ['grub', 'options-nothing-needed', { ...amd, bootLoader: 'proxmox-boot-tool' }],
    ['grub', 'ostree-options', { distribution: 'fedora', bootLoader: 'grub-bls', image: 'ostree' }],
    ['initramfs-tools', 'other-initramfs', { initramfs: 'dracut' }],
    ['dracut', 'other-initramfs', { initramfs: 'mkinitcpio' }],
    ['dracut', null, { initramfs: 'dracut' }],
    ['initramfs-tools', 'initramfs-unknown', { distribution: 'alpine', initramfs: undefined }],
    ['modprobe', 'made-by-nixos', { distribution: 'nixos', image: 'nixos' }],
  ] as const)('%s: %s', (target, wanted, facts) => {
    expect(code(planOf(facts), target)).toBe(wanted);
  });
});

describe('hosts that are not Debian', () => {
  const said = (plan: ReturnType<typeof planOf>, target: string) => {
    const one = renderRecipe(plan, all).left.find((missing) => missing.target === target);
    return one === undefined ? null : leftWords(one);
  };

  test('Where neither Debian nor its tool is told, nothing of Debian’s is written', () => {
    const plan = planOf({ functions: twinFunctions(), distribution: 'alpine', initramfs: undefined });
    expect(files(plan, ['modprobe'])).toEqual(['driver-override/etc/udev/rules.d/10-slotwise.rules']);
    // No image that is known to be built here holds the rule.
    for (const initramfs of [undefined, 'booster'] as const) {
      const elsewhere = planOf({ functions: twinFunctions(), distribution: 'alpine', initramfs });
      expect(artefactOf(renderRecipe(elsewhere, ['driver-override']), 'driver-override').undo).toEqual([
        'rm -f /etc/udev/rules.d/10-slotwise.rules',
        'udevadm control --reload',
      ]);
    }
    const kept = renderRecipe(planOf({ distribution: 'alpine', initramfs: undefined }), [
      'modprobe',
      'initramfs-tools',
    ]);
    const { apply, remarks } = artefactOf(kept, 'modprobe');
    expect(apply).toHaveLength(1);
    expect(remarks.map(({ code }) => code)).toContain('initramfs-by-hand');
    expect(kept.left.map(({ code }) => code)).toEqual(['initramfs-unknown']);
    // A source that tells nothing at all is still taken for Debian, and says so.
    expect(files(planOf({ distribution: undefined, initramfs: undefined }), ['initramfs-tools'])).toHaveLength(1);
  });

  test.each([
    ['mkinitcpio', '/etc/mkinitcpio.conf.d/slotwise.conf', 'mkinitcpio -P'],
    ['dracut', '/etc/dracut.conf.d/slotwise.conf', 'dracut -f --regenerate-all'],
  ] as const)(
    '%s gets vfio-pci and what it is told into its image, which is built after both',
    (initramfs, path, build) => {
      for (const functions of [desktopFunctions(), twinFunctions()]) {
        const { artefacts } = renderRecipe(planOf({ functions, distribution: 'other', initramfs }), ['modprobe']);
        expect(artefacts.map(({ target }) => target)).toEqual([
          functions.length === desktopFunctions().length ? 'modprobe' : 'driver-override',
          initramfs,
        ]);
        const last = artefacts.at(-1);
        expect(last).toMatchObject({ path, undo: [`rm -f ${path}`, build] });
        expect(last?.apply.at(-1)).toBe(build);
        expect(last?.content).toContain(artefacts[0]?.path ?? 'no path');
        // The image holds a copy of the first file, which comes and goes by itself, too.
        expect(artefacts[0]?.apply).toContain(build);
        expect(artefacts[0]?.undo).toContain(build);
      }
    },
  );

  test.each(['nixos', 'ostree', 'bootc', 'unraid', 'truenas', 'transactional', 'steamos', 'other'] as const)(
    'On an image (%s) no file of the host is written, and each says why',
    (image) => {
      const recipe = renderRecipe(planOf({ image, functions: twinFunctions() }), all);
      expect(recipe.artefacts.filter(({ path }) => path !== null)).toEqual([]);
      expect(recipe.left.map(({ target }) => target)).toEqual([
        'modprobe',
        'driver-override',
        'initramfs-tools',
        'mkinitcpio',
        'dracut',
        'grub',
      ]);
      expect(recipeText(recipe, planOf({ image }), null)).not.toMatch(/undefined|something unknown|update-initramfs/);
    },
  );

  test('Why nothing can be bound is said once, not for each way', () => {
    const plan = planOf({ image: 'nixos', functions: twinFunctions() });
    expect(left(plan, ['modprobe'])).toEqual(['modprobe made-by-nixos']);
    const text = recipeText(renderRecipe(plan, ['modprobe', 'initramfs-tools', 'grub']), plan, null);
    expect(text.match(/NixOS makes this.*way back\.$/gm)).toHaveLength(1);
    expect(text).toContain('Kept by ids (modprobe.d), initramfs-tools: not written.');
  });

  test('What switches the IOMMU off is named, with the way back, wherever the options live', () => {
    const fedora = { distribution: 'fedora', bootLoader: 'grub-bls', groups: 'off' } as const;
    expect(said(planOf({ ...fedora, ...amd, commandLine: 'ro amd_iommu=off' }), 'grub')).toContain(
      'Run: grubby --update-kernel=ALL --remove-args="amd_iommu=off". ' +
        'To take it back: grubby --update-kernel=ALL --args="amd_iommu=off".',
    );
    expect(said(planOf({ ...fedora, image: 'ostree', commandLine: 'ro intel_iommu=off' }), 'grub')).toContain(
      'Run: rpm-ostree kargs --append-if-missing=intel_iommu=on --delete-if-present=intel_iommu=off. ' +
        'To take it back: rpm-ostree kargs --append-if-missing=intel_iommu=off --delete-if-present=intel_iommu=on.',
    );
    expect(said(planOf({ bootLoader: 'proxmox-boot-tool', commandLine: 'ro intremap=off' }), 'grub')).toMatch(
      /Kernel options to add: intel_iommu=on\. Kernel options to take out: intremap=off\.$/,
    );
    // What the person has already is not theirs to lose on the way back.
    expect(said(planOf({ ...fedora, commandLine: 'ro intel_iommu=on' }), 'grub')).toContain('nothing has to change');
  });

  test('What was taken out of the command line is looked for afterwards', () => {
    const plan = planOf({ ...amd, groups: 'off', commandLine: 'ro amd_iommu=off' });
    const { verify } = artefactOf(renderRecipe(plan, ['grub']), 'grub');
    expect(verify).toEqual({ command: 'grep -owF -e amd_iommu=off /proc/cmdline', expect: '' });
  });
});

test('What the source did not tell is said again with every file that takes a device, in words', () => {
  const plan = planOf({ groups: [] });
  expect(plan.unknowns.map(({ code }) => code)).toEqual(['boot-display', 'screens']);
  const recipe = renderRecipe(plan, all);
  for (const { target, remarks } of recipe.artefacts) {
    const said = remarks.filter((remark) => remark.code === 'untold').map(({ values }) => values['what']);
    expect(said).toEqual(['grub', 'initramfs-tools'].includes(target) ? [] : ['boot-display', 'screens']);
  }
  const text = recipeText(recipe, plan, null);
  expect(text).toContain('Whether the host starts on this card is not known.');
  expect(text).not.toMatch(/undefined|NaN|something unknown|\{\w+\}/);
});

test('The folder holds the way back, every file, what it replaces, and a manifest with the promised keys', () => {
  const grub = 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\n';
  const recipe = renderRecipe(
    planOf({ distribution: 'arch', initramfs: 'mkinitcpio', configFiles: { 'etc/default/grub': grub } }),
    ['grub', 'libvirt'],
  );
  const written = recipeFiles(recipe);
  expect(written.map(({ file, mode }) => `${file} ${mode}`)).toEqual([
    'undo.sh 0755',
    'grub/etc/default/grub 0644',
    'libvirt/win11.xml 0644',
    'libvirt/win11-hostdev-0.xml 0644',
    'libvirt/win11-hostdev-1.xml 0644',
    'before/etc/default/grub 0644',
    'manifest.json 0644',
  ]);
  expect(written.find(({ file }) => file.startsWith('before/'))?.content).toBe(grub);
  const rows = JSON.parse(written.at(-1)?.content ?? '') as Record<string, unknown>[];
  expect(rows).toEqual(manifestOf(recipe));
  for (const row of rows)
    expect(Object.keys(row)).toEqual(
      expect.arrayContaining(['target', 'file', 'path', 'mode', 'apply', 'verify', 'undo']),
    );
});
