/** What can be seen of one request, and of the unit after it. */
export interface Outcome {
  /** index of the step */
  readonly step: number;
  /** DMA: the data address that was reached; null blocked; -1 somewhere that cannot be told apart */
  readonly reached: number | null;
  /** interrupt: destination, modes and vector as delivered; null blocked */
  readonly delivered: string | null;
  readonly faultStatus: number;
  /** of the one fault record: page or index, and the rest without what means nothing */
  readonly recordLow: bigint;
  readonly recordHigh: bigint;
  readonly queueHead: number;
  readonly globalStatus: number;
  /** DMA read: what came back, which tells where from */
  readonly word: number | null;
  /** why the engine blocked it, recorded or not; 0 where it passed, and for QEMU */
  readonly reason: number;
}

/** What only helps to tell the other fields. */
const notCompared: readonly (keyof Outcome)[] = ['step', 'word', 'reason'];

/** A record without F says nothing; without PP its PASID, PRIV and EXE say nothing. */
export function meaningful(low: bigint, high: bigint): { recordLow: bigint; recordHigh: bigint } {
  if (high >> 63n === 0n) return { recordLow: 0n, recordHigh: 0n };
  const hasPasid = ((high >> 31n) & 1n) === 1n;
  const ignored = hasPasid ? 0n : (0xfffffn << 40n) | (3n << 29n);
  return { recordLow: low & ~0xfffn, recordHigh: high & ~ignored };
}

export const reasonOf = (outcome: Outcome): number => Number((outcome.recordHigh >> 32n) & 0xffn);

/** The fields in which two outcomes differ. */
export function differing(ours: Outcome, theirs: Outcome): (keyof Outcome)[] {
  return (Object.keys(ours) as (keyof Outcome)[]).filter(
    (key) => !notCompared.includes(key) && ours[key] !== theirs[key],
  );
}
