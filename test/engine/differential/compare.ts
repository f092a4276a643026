import { Announced } from './announced.ts';
import { deviations } from './deviations.ts';
import { devices } from './edu.ts';
import { engineOutcomes, EngineSide } from './engine-side.ts';
import type { Offered } from './engine-side.ts';
import { differing, differsBesideRequest } from './outcome.ts';
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
  /**
   * DMA only: what a unit that caches nothing would answer to this request, made by any device, at every place since the
   * unit was told to forget everything; and now, if one of the changes since then had not been made.
   */
  readonly past: () => readonly (bigint | null)[];
  /** and why it would have blocked it */
  readonly pastReasons: () => ReadonlySet<number>;
  /** and whether FPD silenced its own device: both where that has changed */
  readonly pastSilences: () => ReadonlySet<boolean>;
  /** why such a unit would block it now; 0 where it passes */
  readonly coldReason: () => number;
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
  theirsOf: (world: World, expected: readonly Outcome[]) => Promise<readonly Outcome[]>,
): Promise<Comparison> {
  const ours = engineOutcomes(world, offered);
  const theirs = await theirsOf(world, ours);
  const explained: string[] = [];
  /** a record whose difference is explained stays in the unit until it is cleared */
  let standing: { mine: bigint; theirs: bigint } | null = null;
  for (const [index, mine] of ours.entries()) {
    let seen = theirs[index];
    const step = world.steps[mine.step];
    // Where a write went is looked for at the end, when a later one may have written over it: asked again without those.
    if (seen !== undefined && seen.reached !== mine.reached)
      seen = (await theirsOf({ ...world, steps: world.steps.slice(0, mine.step + 1) }, ours.slice(0, index + 1)))[
        index
      ];
    if (seen === undefined || step === undefined) throw new RangeError('the two sides answered different requests');
    const stands = standing?.mine === mine.recordHigh && standing.theirs === seen.recordHigh;
    const other = stands ? { ...seen, recordHigh: mine.recordHigh } : seen;
    const fields = differing(mine, other);
    if (fields.length === 0) continue;
    const before = ours[index - 1] ?? null;
    const said = history(world, offered, step, mine.step);
    const difference: Difference = { world, step, ours: mine, theirs: other, fields, before, ...said };
    const reason = differsBesideRequest(mine, other) ? undefined : deviations.find((row) => row.explains(difference));
    if (reason === undefined) return { cases: index + 1, explained, unexplained: difference };
    explained.push(reason.name);
    if (!reason.harmless) return { cases: index + 1, explained, unexplained: null };
    if (mine.recordHigh !== seen.recordHigh) standing = { mine: mine.recordHigh, theirs: seen.recordHigh };
  }
  return { cases: ours.length, explained, unexplained: null };
}

/** What a unit without caches answers to a step, see `Difference`. */
function history(
  world: World,
  offered: Offered,
  step: Step,
  at: number,
): Pick<Difference, 'past' | 'pastReasons' | 'pastSilences' | 'coldReason'> {
  let answers: (bigint | null)[] | null = null;
  let reason = 0;
  const reasons = new Set<number>();
  const silences = new Set<boolean>();
  const past = (): (bigint | null)[] => {
    if (answers !== null || step.do !== 'dma') return answers ?? [];
    const side = new EngineSide(offered, true);
    const announced = new Announced(world.unit === 'first' || world.unit === 'second', offered.cap >> 63n === 1n);
    let since = 0;
    answers = [];
    for (const [index, earlier] of world.steps.slice(0, at).entries()) {
      side.unit.watch = announced;
      side.play(earlier, index);
      side.unit.watch = null;
      if (announced.everything(earlier)) {
        answers.length = 0;
        reasons.clear();
        silences.clear();
        since = index + 1;
      }
      for (const device of devices.keys()) {
        answers.push(side.reach({ ...step, device }));
        reasons.add(side.reason);
        if (device === step.device) silences.add(side.silent);
      }
    }
    side.reach(step);
    reason = side.reason;
    for (const unannounced of changesNotAnnounced(world.steps, since, at)) {
      const without = new EngineSide(offered, true);
      for (const [index, earlier] of world.steps.slice(0, at).entries())
        if (!unannounced.has(index)) without.play(earlier, index);
      answers.push(without.reach(step));
    }
    return answers;
  };
  const coldReason = (): number => {
    past();
    return reason;
  };
  const pastReasons = (): ReadonlySet<number> => {
    past();
    return reasons;
  };
  const pastSilences = (): ReadonlySet<boolean> => {
    past();
    return silences;
  };
  return { past, pastReasons, pastSilences, coldReason };
}

/** Steps that change memory, in the groups in which they were made, where the next request came before any command. */
function changesNotAnnounced(steps: readonly Step[], since: number, at: number): readonly ReadonlySet<number>[] {
  const groups: Set<number>[] = [];
  let group = new Set<number>();
  for (const [index, step] of steps.slice(0, at + 1).entries()) {
    if (step.do === 'poke' && index >= since) group.add(index);
    else {
      if (step.do !== 'register' && group.size > 0) groups.push(group);
      group = new Set();
    }
  }
  return groups;
}
