import type { Machine } from '../machine/machine.ts';
import { evidence } from '../passthrough/evidence.ts';
import type { Evidence } from '../passthrough/finding.ts';
import type { Given, Plan } from '../passthrough/plan.ts';
import { bindingRenderers } from '../recipes/binding.ts';
import { boundAtStart } from '../recipes/bound-functions.ts';

/** The lines or files on the host that hand the plan's functions to VFIO; null while one function is not named. */
export const writtenEvidence = (plan: Plan, machine: Machine): Evidence[] | null =>
  ownFile(plan, machine) ?? foreignLines(plan, machine);

/** One of our own files stands there, word by word. */
function ownFile(plan: Plan, machine: Machine): Evidence[] | null {
  const standing = new Map(machine.configFiles.map(({ path, content }) => [path, content]));
  for (const render of Object.values(bindingRenderers)) {
    const rendered = render(plan);
    if (typeof rendered === 'string' || rendered.path === null) continue;
    const { path, content } = rendered;
    if (standing.get(path) === content) return [evidence('config-line', path, content.split('\n')[0] ?? '')];
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
