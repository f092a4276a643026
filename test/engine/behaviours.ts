/**
 * The numbered behaviours of the engine's conformance list, 1 to 230. A test names its number first: `'57 · …'`. Numbers
 * without a test stand here with the reason, so that the list can only shrink.
 */
export const lastBehaviour = 230;

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Host tables and groups are main/machine's, with their own tests under test/domain/machine. */
export const testedElsewhere: readonly number[] = [...range(215, 219), 228];

const rows: readonly (readonly [readonly number[], string])[] = [];

/** number → why it has no test */
export const notBuilt: ReadonlyMap<number, string> = new Map(
  rows.flatMap(([numbers, reason]) => numbers.map((number) => [number, reason] as const)),
);
