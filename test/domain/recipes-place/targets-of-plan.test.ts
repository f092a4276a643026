import { expect, test } from 'vitest';
import { targetsFor } from '../../../main/recipes/targets.ts';
import { guestFits, guestTarget, hostTargets } from '../../../renderer/recipes/targets-of-plan.ts';
import { planOf } from '../recipes/recipe-of.ts';

const fits = targetsFor(planOf());

test('one way to bind is asked for, and everything else of the host', () => {
  const targets = hostTargets(fits);
  expect(targets).toContain('modprobe');
  expect(targets).not.toContain('driver-override');
  expect(targets).toEqual(expect.arrayContaining(['initramfs-tools', 'grub']));
});

test('a twin that stays turns to the other way to bind', () => {
  const plan = planOf();
  const twins = plan.give.map((given) => ({ ...given, twins: [given.address] }));
  const targets = hostTargets(targetsFor({ ...plan, give: twins }));
  expect(targets).toContain('driver-override');
  expect(targets).not.toContain('modprobe');
});

test('where neither way to bind fits, one is asked for so that its reason is told', () => {
  expect(hostTargets(targetsFor(planOf({ image: 'nixos' })))).toEqual(['modprobe', 'initramfs-tools', 'grub']);
});

test('the guest is the link’s choice, else what fits, else libvirt', () => {
  expect(guestTarget(fits, undefined)).toBe('libvirt');
  expect(guestTarget(fits, 'qemu')).toBe('qemu');
  expect(guestTarget(fits, 'grub')).toBe('libvirt');
  expect(guestTarget([], 'qemu')).toBe('libvirt');
  const onProxmox = planOf({ proxmox: true });
  expect(guestTarget(targetsFor(onProxmox), undefined)).toBe('proxmox');
});

test('choices keep their places whatever fits', () => {
  expect(guestFits([...fits].reverse()).map(({ target }) => target)).toEqual(['libvirt', 'qemu', 'proxmox']);
});
