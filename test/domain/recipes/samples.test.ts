import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseReport } from '../../../main/machine/report/parse-report.ts';
import { isSourceProblem } from '../../../main/machine/source-problem.ts';
import { candidates } from '../../../main/passthrough/candidates.ts';
import { isPlanProblem, makePlan } from '../../../main/passthrough/make-plan.ts';
import { recipeFiles } from '../../../main/recipes/files.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { recipeText } from '../../../main/words/recipes.ts';
import { testSource } from '../../hosts/machine.ts';

const shelf = resolve(import.meta.dirname, '../../../resources/samples');

const samples = readdirSync(shelf)
  .filter((file) => file.endsWith('.slotwise.json'))
  .map((file) => {
    const machine = parseReport(JSON.parse(readFileSync(join(shelf, file), 'utf8')), testSource('sample'));
    if (isSourceProblem(machine)) throw new Error(machine.detail);
    const card = candidates(machine).find(({ kind }) => kind === 'gpu');
    if (card === undefined) throw new Error(`${file} has no card`);
    const lose = card.losses.filter(({ guard }) => guard === 'ask').map(({ name }) => name);
    const made = makePlan(machine, { give: [card.address], keep: [], lose, vmName: 'win11', profile: 'gaming' });
    if (isPlanProblem(made)) throw new Error(made.code);
    const targets = ['libvirt', 'qemu', 'proxmox', 'grub', 'modprobe', 'initramfs-tools'] as const;
    return { file, made, recipe: renderRecipe(made.plan, targets) };
  });

describe.each(samples)('$file', ({ made, recipe }) => {
  const files = recipeFiles(recipe);

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
});
