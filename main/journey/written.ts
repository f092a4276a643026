import type { Machine } from '../machine/machine.ts';
import { evidence } from '../passthrough/evidence.ts';
import type { Evidence } from '../passthrough/finding.ts';
import type { Given, Plan } from '../passthrough/plan.ts';
import type { RecipeTarget } from '../recipes/artefact.ts';
import { boundAtStart } from '../recipes/bound-functions.ts';
import { renderRecipe } from '../recipes/render.ts';

/** The lines or files on the host that hand the plan's functions to VFIO; null while one function is not named. */
export const writtenEvidence = (plan: Plan, machine: Machine): Evidence[] | null =>
  ownFiles(plan, machine) ?? foreignLines(plan, machine);

/** Either of these alone is enough. */
const bindingTargets = ['modprobe', 'driver-override'] as const satisfies readonly RecipeTarget[];

/** Our own files stand there, word by word. */
function ownFiles(plan: Plan, machine: Machine): Evidence[] | null {
  const standing = new Map(machine.configFiles.map(({ path, content }) => [path, content]));
  for (const target of bindingTargets) {
    const files = renderRecipe(plan, [target]).artefacts.filter((one) => one.target === target && one.path !== null);
    if (files.length > 0 && files.every(({ path, content }) => standing.get(path ?? '') === content)) {
      return files.map(({ path, content }) => evidence('config-line', path ?? '', content.split('\n')[0] ?? ''));
    }
  }
  return null;
}

/** Someone else's lines count as well: they name each function by vendor and device id, or by address. */
function foreignLines(plan: Plan, machine: Machine): Evidence[] | null {
  const found: Evidence[] = [];
  for (const given of boundAtStart(plan)) {
    const line = lineFor(given, machine);
    if (!line) return null;
    found.push(line);
  }
  return found.length === 0 ? null : found;
}

function lineFor(given: Given, machine: Machine): Evidence | null {
  for (const { path, content } of machine.configFiles) {
    // The file, not the line, has to speak of VFIO: a script may keep its addresses in a variable of their own line.
    if (!/\bvfio[-_]pci\b/.test(uncommented(content))) continue;
    const lines = content.split('\n');
    const at = lines.findIndex((line) => names(uncommented(line), given));
    if (at >= 0) return evidence('config-line', `${path}:${at + 1}`, lines[at] ?? '');
  }
  return null;
}

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

/** An id that twins share names them too, so it does not count as naming this one. */
function names(line: string, { address, ids, twins }: Given): boolean {
  const text = line.toLowerCase();
  if (text.includes(address)) return true;
  return ids !== null && twins.length === 0 && text.includes(`${hex4(ids.vendor)}:${hex4(ids.device)}`);
}

/** Without comments of a shell, of modprobe.d and of GRUB's file. */
const uncommented = (text: string): string => text.replaceAll(/(^|\s)#.*$/gm, '$1');
