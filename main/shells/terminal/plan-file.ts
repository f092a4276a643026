import { readFile, stat } from 'node:fs/promises';
import * as v from 'valibot';
import { refuse, type Problem } from '../../contract/problem.ts';
import { planShape, type Plan } from '../../passthrough/plan.ts';

/** A plan holds at most a few hundred functions and a handful of small files. */
const largestPlan = 16_000_000;

/** Reads what `plan -o` wrote. */
export async function readPlanFile(path: string): Promise<Plan | Problem> {
  let text: string;
  try {
    if ((await stat(path)).size > largestPlan) return refuse('source-too-large', path, 'a plan is below 16 MB').problem;
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') return refuse('source-missing', path).problem;
    return refuse(code === 'EACCES' ? 'source-not-permitted' : 'source-unreadable', path, code).problem;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('plan-not-understood', path, 'expected JSON').problem;
  }
  const parsed = v.safeParse(planShape, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  return refuse('plan-not-understood', path, `${v.getDotPath(issue) ?? 'top'}: expected ${issue.expected ?? '?'}`)
    .problem;
}

export const isProblem = (value: Plan | Problem): value is Problem => 'code' in value;
