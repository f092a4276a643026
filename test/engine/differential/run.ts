import { compare } from './compare.ts';
import type { Difference } from './compare.ts';
import { generate } from './generate.ts';
import { notAsked } from './not-asked.ts';
import { QemuSide } from './qemu-side.ts';
import type { UnitName } from './world.ts';

export interface Run {
  /** requests that were compared */
  readonly cases: number;
  /** how often each known deviation was met */
  readonly explained: ReadonlyMap<string, number>;
  readonly unexplained: readonly Difference[];
  /** worlds that were left out, by the name of the reason */
  readonly leftOut: ReadonlyMap<string, number>;
  /** requests on each kind of unit */
  readonly perUnit: ReadonlyMap<UnitName, number>;
}

/** Worlds of consecutive seeds until so many requests were compared, each on a QEMU of its unit's options. */
export async function run(firstSeed: number, wanted: number): Promise<Run> {
  const sides = new Map<UnitName, QemuSide>();
  const explained = new Map<string, number>();
  const perUnit = new Map<UnitName, number>();
  const leftOut = new Map<string, number>();
  const unexplained: Difference[] = [];
  let cases = 0;
  try {
    for (let seed = firstSeed; cases < wanted; seed++) {
      const world = generate(seed);
      const reason = notAsked.find(({ holds }) => holds(world));
      if (reason !== undefined) {
        leftOut.set(reason.name, (leftOut.get(reason.name) ?? 0) + 1);
        continue;
      }
      const side = sides.get(world.unit) ?? new QemuSide(world.unit);
      sides.set(world.unit, side);
      const one = await compare(world, await side.offered, (asked, expected) => side.outcomes(asked, expected)).catch(
        (cause: unknown) => {
          throw new Error(`seed ${seed}, unit ${world.unit}`, { cause });
        },
      );
      cases += one.cases;
      perUnit.set(world.unit, (perUnit.get(world.unit) ?? 0) + one.cases);
      for (const name of one.explained) explained.set(name, (explained.get(name) ?? 0) + 1);
      if (one.unexplained !== null) unexplained.push(one.unexplained);
    }
  } finally {
    await Promise.all([...sides.values()].map((side) => side.stop()));
  }
  return { cases, explained, unexplained, leftOut, perUnit };
}

/** A difference as a person who has to find its reason wants it. */
export function described({ world, step, ours, theirs, fields }: Difference): string {
  const shown = (value: unknown): unknown => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value);
  const json = (value: unknown): string => JSON.stringify(value, (_key, inner: unknown) => shown(inner));
  return [
    `seed ${world.seed}, unit ${world.unit}, step ${ours.step}: ${fields.join(', ')} differ`,
    `  request ${json(step)}`,
    `  engine  ${json(ours)}`,
    `  QEMU    ${json(theirs)}`,
  ].join('\n');
}
