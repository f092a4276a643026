import { expect, test } from 'vitest';
import { verifyPlan } from '../../../main/journey/verify-plan.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { measured, unknown } from '../../../main/machine/fact.ts';
import { fileMarks, fileState, verifyState, type Seen } from '../../../renderer/recipes/file-state.ts';
import { debian, desktopFunctions, desktopGroups, machineWith } from '../../hosts/built-machine.ts';
import { planOf } from '../recipes/recipe-of.ts';
import { written } from './recipe.ts';

const plan = planOf();
const file = written(plan, 'modprobe');
const other = { path: '/etc/default/grub', content: 'GRUB_TIMEOUT=5\n' };

function seen(configFiles: Machine['configFiles'], driver: string | null = 'nouveau', said = false): Seen {
  const functions = desktopFunctions().map((fn) => ({ ...fn, driver: measured(driver, 'driver') }));
  const machine = { ...machineWith({ functions, groups: desktopGroups(), ...debian }), configFiles };
  return { machine, verification: verifyPlan(plan, machine), said };
}

const ours = { path: file.path ?? '', content: file.content };

test('a file is verified only where it stands word for word and the drivers show it', () => {
  expect(fileState(file, seen([other, ours], 'vfio-pci'))).toBe('verified');
  expect(fileState(file, seen([other, ours]))).toBe('in-place');
  expect(fileState(file, seen([other], 'vfio-pci'))).toBe('waits');
  expect(fileState(file, seen([other, { ...ours, content: `${ours.content} ` }], 'vfio-pci'))).toBe('changed');
});

test('what a person says counts only where nothing can be seen', () => {
  expect(fileState(file, seen([], 'nouveau', true))).toBe('said');
  expect(fileState(file, seen([], 'nouveau'))).toBe('unseen');
  expect(fileState(file, seen([other], 'nouveau', true))).toBe('waits');
});

test('what a hypervisor holds is never claimed', () => {
  const domain = written(plan, 'libvirt');
  expect(fileState(domain, seen([other, ours], 'vfio-pci', true))).toBe('unseen');
  expect(verifyState(domain, seen([other], 'vfio-pci'))).toBe('unseen');
});

test('verify says what the machine shows, with the file or without it', () => {
  expect(verifyState(file, seen([other]))).toBe('not-yet');
  expect(verifyState(file, seen([other, ours]))).toBe('after-restart');
  expect(verifyState(file, seen([other], 'vfio-pci'))).toBe('as-expected');
  const blind = seen([other]);
  expect(verifyState(file, { ...blind, verification: null })).toBe('unseen');
});

test('the kernel’s command line verifies the menu’s file', () => {
  const grub = written(plan, 'grub');
  const standing = { path: grub.path ?? '', content: grub.content };
  const withLine = (line: Machine['kernel']['commandLine']): Seen => {
    const all = seen([other, standing]);
    return { ...all, machine: { ...all.machine, kernel: { ...all.machine.kernel, commandLine: line } } };
  };
  expect(fileState(grub, withLine(measured('ro quiet intel_iommu=on', '/proc/cmdline')))).toBe('verified');
  expect(fileState(grub, withLine(measured('ro quiet', '/proc/cmdline')))).toBe('in-place');
  expect(fileState(grub, withLine(unknown('fuller-source', '/proc/cmdline')))).toBe('in-place');
});

test('the first file that is not over is the present one', () => {
  expect(fileMarks(['verified', 'waits', 'unseen'])).toEqual(['done', 'now', 'to-come']);
  expect(fileMarks(['changed', 'waits'])).toEqual(['blocked', 'to-come']);
  expect(fileMarks(['said', 'in-place'])).toEqual(['done', 'done']);
});
