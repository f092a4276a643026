import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openGuard } from '../../passthrough/open-guard.ts';
import { diffText } from '../../recipes/diff.ts';
import { recipeFiles } from '../../recipes/files.ts';
import { recipeTargets, type RecipeTarget } from '../../recipes/artefact.ts';
import { recipeText } from '../../words/recipes.ts';
import { terminalWords } from '../../words/terminal.ts';
import { joinLists, listOf, parse } from './arguments.ts';
import { askOn } from './assistant.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayJson, sayProblem, WrongUse, type Terminal } from './outcome.ts';
import { isProblem, readPlanFile } from './plan-file.ts';
import { setAside } from './set-aside.ts';
import { writeWhole } from './write-whole.ts';

const options = {
  json: { type: 'boolean' },
  plan: { type: 'string' },
  for: { type: 'string', multiple: true },
  output: { type: 'string', short: 'o' },
  diff: { type: 'boolean' },
} as const;

/** Of a folder's files those that speak of all others: what stands there may belong to a recipe that was applied. */
const wayBack: ReadonlySet<string> = new Set(['undo.sh', 'manifest.json']);

const isTarget = (text: string): text is RecipeTarget => (recipeTargets as readonly string[]).includes(text);

/** `slotwise recipe`: writes below `-o` only; without it, prints. Ends with 1 where the plan's guards stand open. */
export async function recipe(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parse(joinLists(args, ['--for']), options, 0);
  const json = values.json ?? false;
  if (values.plan === undefined) throw new WrongUse(terminalWords.whichPlan);
  const wanted = (values.for ?? []).flatMap(listOf);
  const targets = wanted.filter(isTarget);
  const strange = wanted.find((target) => !isTarget(target));
  if (strange !== undefined) throw new WrongUse(terminalWords.noTarget(strange, recipeTargets));
  if (targets.length === 0) throw new WrongUse(terminalWords.whichTargets(recipeTargets));

  const plan = await readPlanFile(values.plan);
  if (isProblem(plan)) return sayProblem(terminal, plan, json);
  const open = openGuard(plan);
  if (open !== null) return sayProblem(terminal, open, json);
  const reply = await askOn(terminal, undefined)('recipe.render', { plan, targets });
  if (!reply.ok) return sayProblem(terminal, reply.problem, json);

  const aside: string[] = [];
  if (values.output !== undefined) {
    for (const { file, mode, content } of recipeFiles(reply.value)) {
      const path = join(values.output, file);
      try {
        await mkdir(dirname(path), { recursive: true });
      } catch (thrown) {
        const detail = (thrown as NodeJS.ErrnoException).code ?? 'unknown';
        return sayProblem(terminal, { code: 'folder-not-writable', subject: dirname(path), detail }, json);
      }
      const kept = wayBack.has(file) ? await setAside(path, content) : null;
      if (kept !== null) aside.push(kept);
      const trouble = await writeWhole(path, content, parseInt(mode, 8));
      if (trouble !== null) return sayProblem(terminal, trouble, json);
    }
  }
  if (json) sayJson(terminal, reply.value);
  else if (values.diff === true) terminal.out(reply.value.artefacts.map(diffText).join('\n'));
  else {
    terminal.out(recipeText(reply.value, plan, values.output ?? null));
    for (const path of aside) terminal.out(`${terminalWords.setAside(path)}\n`);
  }
  return exitCode.fine;
}
