import { expect, test } from 'vitest';
import { commandLineProves } from '../../../renderer/recipes/command-line-proof.ts';
import { amd, planOf } from '../recipes/recipe-of.ts';
import { written } from './recipe.ts';

test('the expected option has to be a word of its own', () => {
  const { verify } = written(planOf(), 'grub');
  expect(commandLineProves(verify, 'ro intel_iommu=on quiet')).toBe(true);
  expect(commandLineProves(verify, 'ro intel_iommu=on,sm_on')).toBe(false);
  expect(commandLineProves(verify, null)).toBeNull();
});

test('where an option has to be gone, its absence counts', () => {
  const { verify } = written(planOf(amd), 'grub');
  expect(commandLineProves(verify, 'ro quiet')).toBe(true);
  expect(commandLineProves(verify, 'ro amd_iommu=on')).toBe(false);
});

test('an option that was taken out is missed only when it is gone', () => {
  const { verify } = written(planOf({ ...amd, groups: 'off', commandLine: 'ro amd_iommu=off' }), 'grub');
  expect(commandLineProves(verify, 'ro amd_iommu=off')).toBe(false);
  expect(commandLineProves(verify, 'ro quiet')).toBe(true);
});

test('other verifications are not judged here', () => {
  expect(commandLineProves(written(planOf(), 'modprobe').verify, 'ro')).toBeNull();
});
