import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { SourceContent } from '../assistant/needs.ts';
import { parseJson } from '../machine/report/json-text.ts';
import { isSourceProblem, sourceProblem, type SourceProblem } from '../machine/source-problem.ts';

export interface Sample {
  readonly name: string;
  readonly title: string;
  readonly origin: string;
}

const suffix = '.slotwise.json';
const listShape = v.array(v.object({ name: v.string(), title: v.string(), origin: v.string() }));

/** The list of shipped samples, `samples.json` beside them: their titles without reading them. */
export async function readSamples(folder: string): Promise<readonly Sample[]> {
  try {
    return v.parse(listShape, JSON.parse(await readFile(join(folder, 'samples.json'), 'utf8')));
  } catch {
    return [];
  }
}

/** Opens a shipped sample by its name. */
export async function openSample(folder: string, name: string, now: string): Promise<SourceContent | SourceProblem> {
  const names = (await readdir(folder).catch(() => []))
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length));
  if (!names.includes(name)) return sourceProblem('no-such-sample', name, `there are ${names.join(', ')}`);
  const parsed = parseJson(await readFile(join(folder, `${name}${suffix}`), 'utf8'), name);
  if (isSourceProblem(parsed)) return parsed;
  const from = { kind: 'sample', name, readAt: now, collectedAt: null, origin: null, partlyStaged: true } as const;
  return { kind: 'json', value: parsed.value, from };
}
