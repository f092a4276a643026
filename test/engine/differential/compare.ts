import { deviations } from './deviations.ts';
import { devices } from './edu.ts';
import { engineOutcomes, EngineSide } from './engine-side.ts';
import type { Offered } from './engine-side.ts';
import { differing } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Step, World } from './world.ts';

/** One request that the two answered differently, and what a reason may look at. */
export interface Difference {
  readonly world: World;
  readonly step: Step;
  readonly ours: Outcome;
  readonly theirs: Outcome;
  readonly fields: readonly string[];
  /** what was seen after the request before this one; null at the first */
  readonly before: Outcome | null;
  /** DMA only: what the tables have said since the world began about this request, made by any device, with nothing cached */
  readonly past: () => readonly (bigint | null)[];
}

export interface Comparison {
  /** requests that were compared */
  readonly cases: number;
  readonly explained: readonly string[];
  readonly unexplained: Difference | null;
}

/**
 * Compares request by request. A difference whose reason leaves both units in the same state is counted and passed over;
 * after any other the rest of the world says nothing, and is not counted.
 */
export async function compare(
  world: World,
  offered: Offered,
  theirsOf: (expected: readonly Outcome[]) => Promise<readonly Outcome[]>,
): Promise<Comparison> {
  const ours = engineOutcomes(world, offered);
  const theirs = await theirsOf(ours);
  const explained: string[] = [];
  /** a record whose difference is explained stays in the unit until it is cleared */
  let standing: { mine: bigint; theirs: bigint } | null = null;
  for (const [index, mine] of ours.entries()) {
    const seen = theirs[index];
    const step = world.steps[mine.step];
    if (seen === undefined || step === undefined) throw new RangeError('the two sides answered different requests');
    const stands = standing?.mine === mine.recordHigh && standing.theirs === seen.recordHigh;
    const other = stands ? { ...seen, recordHigh: mine.recordHigh } : seen;
    const fields = differing(mine, other);
    if (fields.length === 0) continue;
    const before = ours[index - 1] ?? null;
    const said = history(world, offered, step, mine.step);
    const difference: Difference = { world, step, ours: mine, theirs: other, fields, before, ...said };
    const reason = deviations.find((row) => row.explains(difference));
    if (reason === undefined) return { cases: index + 1, explained, unexplained: difference };
    explained.push(reason.name);
    if (!reason.harmless) return { cases: index + 1, explained, unexplained: null };
    if (mine.recordHigh !== seen.recordHigh) standing = { mine: mine.recordHigh, theirs: seen.recordHigh };
  }
  return { cases: ours.length, explained, unexplained: null };
}

/** What a unit without caches answers to a step at every place before its own. */
function history(world: World, offered: Offered, step: Step, at: number): Pick<Difference, 'past'> {
  let answers: (bigint | null)[] | null = null;
  const past = (): (bigint | null)[] => {
    if (answers !== null || step.do !== 'dma') return answers ?? [];
    const side = new EngineSide(offered, true);
    answers = [];
    for (const [index, earlier] of world.steps.slice(0, at).entries()) {
      side.play(earlier, index);
      for (const device of devices.keys()) answers.push(side.reach({ ...step, device }));
    }
    return answers;
  };
  return { past };
}
