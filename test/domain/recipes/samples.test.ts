import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseReport } from '../../../main/machine/report/parse-report.ts';
import { isSourceProblem } from '../../../main/machine/source-problem.ts';
import { candidates } from '../../../main/passthrough/candidates.ts';
import { isPlanProblem, makePlan } from '../../../main/passthrough/make-plan.ts';
import { recipeFiles } from '../../../main/recipes/files.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { recipeText } from '../../../main/words/recipes.ts';
import { testSource } from '../../hosts/machine.ts';
import { needTool, run } from '../../hosts/tool.ts';

const shelf = resolve(import.meta.dirname, '../../../resources/samples');
const stock = 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet splash"\nGRUB_CMDLINE_LINUX=""\n';

const samples = readdirSync(shelf)
  .filter((file) => file.endsWith('.slotwise.json'))
  .map((file) => {
    const machine = parseReport(JSON.parse(readFileSync(join(shelf, file), 'utf8')), testSource('sample'));
    if (isSourceProblem(machine)) throw new Error(machine.detail);
    const card = candidates(machine).find(({ kind }) => kind === 'gpu');
    if (card === undefined) throw new Error(`${file} has no card`);
    const lose = card.losses.filter(({ guard }) => guard === 'ask').map(({ name }) => name);
    const made = makePlan(machine, { give: [card.address], lose, vmName: 'win11', profile: 'gaming' });
    if (isPlanProblem(made)) throw new Error(made.code);
    const targets = ['libvirt', 'qemu', 'proxmox', 'grub', 'modprobe', 'initramfs-tools'] as const;
    return { file, made, recipe: renderRecipe(made.plan, targets), amd: made.plan.host.iommuVendor === 'amd' };
  });

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'slotwise-samples-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(samples)('$file', ({ made, recipe, amd }) => {
  const files = recipeFiles(recipe);
  const shell = files.filter(({ file, content }) => content.startsWith('#!/bin/sh') || file.endsWith('.cfg'));

  test('the card can be given, and the words of the recipe are whole', () => {
    expect(made.state).toBe('ready');
    expect(recipeText(recipe, made.plan, 'out')).not.toMatch(/undefined|NaN|something unknown|\{\w+\}/);
  });

  test('every target of the list has its files, twins by address', () => {
    const targets = [...new Set(recipe.artefacts.map(({ target }) => target))];
    const twins = made.plan.give.some((given) => given.twins.length > 0);
    expect(targets).toEqual([
      twins ? 'driver-override' : 'modprobe',
      'initramfs-tools',
      'grub',
      'libvirt',
      'qemu',
      'proxmox',
    ]);
    if (twins) expect(files.map(({ content }) => content).join('')).not.toMatch(/vfio-pci ids=/);
  });

  needTool('virt-xml-validate', () => {
    test('takes the domain', () => {
      const path = join(folder, 'domain.xml');
      writeFileSync(path, files.find(({ file }) => file === 'libvirt/win11.xml')?.content ?? '');
      expect(run('virt-xml-validate', [path, 'domain'])).toMatchObject({ status: 0 });
    });
  });

  needTool('shellcheck', () => {
    test('finds nothing', () => {
      expect(shell.length).toBeGreaterThanOrEqual(5);
      for (const { file, content } of shell) {
        expect({ file, ...run('shellcheck', ['-s', 'sh', '-'], content) }).toMatchObject({ file, status: 0 });
        expect({ file, ...run('sh', ['-n'], content) }).toMatchObject({ file, status: 0 });
      }
    });
  });

  needTool('sh', () => {
    test('a stock command line gains what Intel needs, and nothing on AMD', () => {
      const drop = files.find(({ file }) => file.endsWith('50-slotwise.cfg'))?.content ?? '';
      const { out } = run('sh', [], `${stock}${drop}printf '%s' "$GRUB_CMDLINE_LINUX_DEFAULT"\n`);
      expect(out).toBe(amd ? 'quiet splash' : 'quiet splash intel_iommu=on');
    });
  });
});
