import type { Commands } from './commands.ts';
import { Seeded } from './seeded.ts';

/** What a world does now and then beside its requests. */
export interface RareEvents {
  /** IH of a page-selective invalidation */
  leafOnly(): boolean;
  /** before a request, with what has to be mended after it */
  before(commands: Commands): () => void;
}

/** Worlds of these seeds are about more than requests and edits. */
export const hasRareEvents = (seed: number): boolean => seed % 3 === 2;

const none: RareEvents = { leafOnly: () => false, before: () => () => undefined };

/** Descriptors that units of every kind take, low quad and high: context, IOTLB, wait. */
const descriptors = [
  [0x11n, 0n],
  [0x21n | (7n << 16n), 0n],
  [0x12n, 0n],
  [0x22n | (300n << 16n), 0n],
  [0x05n, 0n],
] as const;
/** Bits that are reserved in them (engine: queue-descriptors.ts), and what a wrong type is. */
const reserved = [
  { low: 0xfffc00000000f1c0n, high: 0xffffffffffffffffn },
  { low: 0xfffc00000000f1c0n, high: 0xffffffffffffffffn },
  { low: 0xffffffff0000f100n, high: 0xf80n },
  { low: 0xffffffff0000f100n, high: 0xf80n },
  { low: 0xfffff100n, high: 3n },
] as const;
const wrongTypes = [0x00n, 0x0bn, 0x0fn, 0x205n, 0x802n] as const;
/** G that means nothing. */
const wrongGranularities = [0x01n, 0x02n] as const;

/**
 * A stream of its own, and in every third world only: worlds that were found before this was here stay as they were.
 * `level`: the command that turns on what the world is about; `again`: latches its table once more.
 */
export function rareEvents(
  seed: number,
  queued: boolean,
  wide: boolean,
  level: number,
  again: (commands: Commands) => void,
): RareEvents {
  if (!hasRareEvents(seed)) return none;
  const rng = new Seeded(~seed);
  let waits = 0;
  const broken = (): readonly bigint[] => {
    const how = rng.below(wide ? 4 : 3);
    if (how === 0) return [rng.pick(wrongTypes), 0n];
    if (how === 1) return [rng.pick(wrongGranularities), 0n];
    const chosen = rng.below(descriptors.length);
    const [low, high] = descriptors[chosen] ?? [0n, 0n];
    if (how === 3) return [low, high, 1n << BigInt(rng.below(64)), 0n];
    const masks = reserved[chosen] ?? { low: 0n, high: 0n };
    const bits = Array.from({ length: 128 }, (_, bit) => BigInt(bit)).filter(
      (bit) => (((bit < 64n ? masks.low : masks.high) >> (bit & 63n)) & 1n) === 1n && (bit < 9n || bit > 11n),
    );
    const bit = rng.pick(bits);
    return bit < 64n ? [low | (1n << bit), high] : [low, high | (1n << (bit & 63n))];
  };
  return {
    leafOnly: () => rng.chance(0.5),
    before: (commands) => {
      if (!rng.chance(0.12)) return () => undefined;
      const how = rng.below(queued ? 5 : 2);
      if (how === 0) {
        commands.clear(level);
        return () => commands.level(level);
      }
      if (how === 1) {
        again(commands);
        return () => undefined;
      }
      if (how === 2) {
        commands.wait(++waits, rng.chance(0.5));
        return () => {
          if (rng.chance(0.5)) commands.clearCompletion();
        };
      }
      if (how === 3) {
        commands.stopQueue(++waits);
        return () => commands.startQueue();
      }
      commands.submit(broken());
      return () => commands.mend(++waits);
    },
  };
}
